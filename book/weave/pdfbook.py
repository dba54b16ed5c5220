# SPDX-License-Identifier: GPL-2.0-only
"""The book as PDF: one LaTeX file, set by XeLaTeX."""

import os
import re
import shutil
import subprocess

import names
from latexcode import CodeLatex, breakable, escape, name_latex
from latexwriter import LatexWriter
from noweb import FRONT_MATTER
from report import BookError, warn
from tangle import write_if_changed
from weaving import MANY, SUBTITLE, TITLE

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = "build/book/book.pdf"
WORK = "build/book/tex"
PANDOC = ("-t", "latex-smart", "--wrap=preserve", "--top-level-division=chapter")


class PdfBook:
    """Weaves book.tex and runs XeLaTeX on it."""

    def __init__(self, weaving):
        self.weaving = weaving
        self.book = weaving.book
        self.code = CodeLatex(weaving)

    def write(self):
        work = os.path.join(self.book.root, WORK)
        os.makedirs(work, exist_ok=True)
        write_if_changed(os.path.join(work, "book.tex"), self.latex())
        self._typeset(work)
        shutil.copy(os.path.join(work, "book.pdf"), os.path.join(self.book.root, OUT))

    # --- text ---

    def latex(self):
        with open(os.path.join(HERE, "preamble.tex"), encoding="utf-8") as f:
            out = [f.read()]
        out.append(f"\\hypersetup{{pdftitle={{{TITLE}}},pdfsubject={{{SUBTITLE}}},pdflang=en}}")
        out.append("\\begin{document}\n\\frontmatter\n\\begin{titlepage}\\null\\vfill"
                   f"{{\\noindent\\fontsize{{34}}{{40}}\\selectfont {TITLE}\\par\\bigskip"
                   f"\\noindent\\Large\\itshape\\color{{soft}} {SUBTITLE}\\par}}"
                   "\\vfill\\vfill\\end{titlepage}\n\\tableofcontents")
        out += self._chapters()
        out.append("\\backmatter")
        out += [self._references(), self._files(), self._chunks(), self._identifiers()]
        out.append("\\end{document}\n")
        return "\n".join(out)

    def _chapters(self):
        texts = self.weaving.pandoc.many(self._chapter, self.weaving.documents.all)
        part = FRONT_MATTER
        main = False
        for document, text in zip(self.weaving.documents.all, texts):
            if document.chapter.part != FRONT_MATTER and not main:
                main = True
                yield "\\mainmatter"
            if document.chapter.part != part:
                part = document.chapter.part
                label, _, title = part.partition(": ")
                yield f"\\bookpart{{{escape(label)}}}{{{escape(title or label)}}}"
            yield text

    def _chapter(self, document):
        writer = LatexWriter(self.weaving, self.code, document.chapter)
        tree = self.weaving.documents.transform(document, writer)
        return writer.fill(self.weaving.pandoc.write(tree, *PANDOC))

    def _references(self):
        tree = self.weaving.pandoc.read_references()
        body = self.weaving.pandoc.write(tree, *PANDOC)
        return f"\\chapter{{References}}\n{body}"

    def _files(self):
        rows = [f"\\hyperlink{{{names.chunk_name_anchor(r)}}}{{\\code{{{breakable(r)}}}}}\\dotfill "
                f"\\pages{{{names.chunk_name_anchor(r)}}}\\par" for r in self.book.roots()]
        return "\\chapter{Index of files}\n{\\small\\noindent\\parindent=0pt " + "\n".join(rows) + "}"

    def _chunks(self):
        items = []
        for name in self.weaving.step_names:
            chunk = self.book.chunks[name]
            defined = ",".join(names.chunk_anchor(d) for d in chunk.definitions)
            used = ",".join(names.chunk_anchor(d) for d, _ in chunk.uses)
            text = f"\\ab{{⟨}}{{\\itshape {name_latex(name)}}}\\ab{{⟩}} \\textbf{{\\pages{{{defined}}}}}"
            if used:
                text += f"; \\pages{{{used}}}"
            items.append((names.plain(name), text))
        return ("\\chapter{Index of chunks}\nPages of definitions are bold, of uses plain.\n"
                + self._lettered(items))

    def _identifiers(self):
        items = []
        for found in self.weaving.identifiers.all():
            text = f"\\code{{{breakable(found.name)}}} {found.kind} \\textbf{{\\pages{{{found.anchor}}}}}"
            used = ",".join(names.chunk_anchor(u) for u in found.uses)
            if len(found.uses) > MANY:
                text += "; throughout"
            elif used:
                text += f"; \\pages{{{used}}}"
            items.append((found.name, text))
        return ("\\chapter{Index of identifiers}\nPages of definitions are bold, of uses plain.\n"
                + self._lettered(items))

    def _lettered(self, items):
        out, last = ["\\begin{indexlist}"], None
        for name, text in items:
            letter = name.lstrip("_<[")[:1].upper()
            letter = letter if letter.isalpha() else "\\#"
            if letter != last:
                out.append(f"\\indexletter{{{letter}}}")
                last = letter
            out.append(text + "\\par")
        out.append("\\end{indexlist}")
        return "\n".join(out)

    # --- typesetting ---

    def _typeset(self, work):
        command = ["latexmk", "-xelatex", "-interaction=nonstopmode", "-halt-on-error",
                   "-file-line-error", "book.tex"]
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, errors="replace")
        with open(os.path.join(work, "book.log"), encoding="utf-8", errors="replace") as f:
            log = f.read()
        if done.returncode:
            fault = re.search(r"^(\./book\.tex:\d+: .*(?:\n.*){3}|! .*(?:\n.*){5})", log, re.M)
            raise BookError(f"XeLaTeX failed, see {WORK}/book.log\n"
                            + (fault.group(1) if fault else done.stdout[-600:]))
        for width, where in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\) (.*)", log):
            if float(width) > 2:
                warn(f"{WORK}/book.tex: overfull by {width} pt, {where}")
        for char in sorted(set(re.findall(r"Missing character: There is no (\S+)", log))):
            warn(f"{WORK}/book.tex: the fonts have no {char}")
