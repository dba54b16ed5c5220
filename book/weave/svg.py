# SPDX-License-Identifier: GPL-2.0-only
"""Figures for inline use: SVG without a background, in the page's colours.

Black becomes the text's colour, white disappears, and any other colour gets a
counterpart of the opposite lightness for the dark page (CSS light-dark()).
Ids are prefixed with the figure's name, since several figures share a page.
"""

import colorsys
import re

NAMED = {"black": "#000000", "white": "#ffffff", "gray": "#808080", "grey": "#808080",
         "lightgrey": "#d3d3d3", "lightgray": "#d3d3d3", "red": "#ff0000",
         "blue": "#0000ff", "green": "#008000"}


def dark_counterpart(colour):
    """The colour of the same hue for a dark page."""
    red, green, blue = (int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    light = 0.12 + 0.82 * (1 - light)
    rgb = colorsys.hls_to_rgb(hue, light, saturation * 0.75)
    return "#" + "".join(f"{round(c * 255):02x}" for c in rgb)


def css_colour(value):
    """The CSS for a colour of a figure; None to leave it alone."""
    value = NAMED.get(value.lower(), value.lower())
    if re.fullmatch(r"#[0-9a-f]{3}", value):
        value = "#" + "".join(c * 2 for c in value[1:])
    if not re.fullmatch(r"#[0-9a-f]{6}", value):
        return None
    if value == "#000000":
        return "currentColor"
    if value == "#ffffff":
        return "var(--paper)"
    return f"light-dark({value},{dark_counterpart(value)})"


def inline(text, name, label, description):
    """The <svg> element of a file, ready to stand in a page."""
    text = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->", "", text, flags=re.S).strip()
    text = re.sub(r"<title>.*?</title>\s*", "", text, flags=re.S)

    def recolour_tag(match):
        tag = match.group(0)
        styles = []

        def take(found):
            css = css_colour(found.group(2))
            if not css:
                return found.group(0)
            styles.append(f"{found.group(1)}:{css}")
            return ""

        tag = re.sub(r'\s(fill|stroke|stop-color)="([^"]*)"', take, tag)
        if styles:
            own = re.search(r'\sstyle="([^"]*)"', tag)
            if own:
                tag = tag.replace(own.group(0), "")
                styles.insert(0, own.group(1).rstrip(";"))
            end = "/>" if tag.endswith("/>") else ">"
            tag = tag[:-len(end)] + f' style="{";".join(styles)}"' + end
        return tag

    text = re.sub(r"<[a-zA-Z][^<>]*>", recolour_tag, text)
    text = re.sub(r'\bid="([^"]+)"', lambda m: f'id="{name}-{m.group(1)}"', text)
    text = re.sub(r'url\(#([^)]+)\)', lambda m: f"url(#{name}-{m.group(1)})", text)
    text = re.sub(r'(\bhref=")#', lambda m: f"{m.group(1)}#{name}-", text)
    size = re.search(r'<svg[^>]*?\bwidth="([\d.]+)(pt|px)?"', text)
    width = float(size.group(1)) * (4 / 3 if size.group(2) == "pt" else 1) if size else None
    head = f'<svg role="img" aria-label="{label}"'
    if description:
        head = f'<svg role="img" aria-label="{label}" aria-describedby="{name}-text"'
    text = text.replace("<svg", head, 1)
    text = re.sub(r'(<svg[^>]*?)\s(?:width)="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?)\s(?:height)="[^"]*"', r"\1", text, count=1)
    return text, width
