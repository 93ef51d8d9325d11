"""The paper of a quote as a workbook: numbers that are numbers, texts that never act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from salesctl.domain.paper import Paper
from salesctl.errors import UsageError
from salesctl.i18n import _, speaking
from salesctl.money import Money, decimals, fixed
from salesctl.output.sheet import in_words, stamp, values
from salesctl.text import clean, width

WIDTHS = (6, 38, 14, 10, 14, 10, 10, 16)
COLUMNS = ("position", "product", "sku", "quantity", "price", "discount", "tax_rate", "net")
LAST = len(COLUMNS)
DIGITS = 15  # what a spreadsheet keeps of a number; longer ones are written as text
CELL = 32_000  # characters of a cell, which may hold 32,767


def workbook(paper: Paper, lang: str) -> bytes:
    """An .xlsx file. Raises UsageError (2) where the extra is not installed."""
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise UsageError(
            _("workbooks need a package that is not installed"), "pip install 'salesctl[excel]'"
        ) from error
    from io import BytesIO

    book = Workbook()
    book.properties.creator = clean(paper.seller.name or "salesctl")
    sheet: Any = book.active
    sheet.title = paper.ref
    page = _Page(sheet, paper.currency, lang)
    with speaking(lang):
        texts = values(paper, lang)
        _head(page, paper, texts)
        _lines(page, paper, texts["words"])
        _sums(page, paper, lang, texts)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


class _Page:
    """A sheet that is filled from the top, and its styles."""

    def __init__(self, sheet: Any, currency: str, lang: str) -> None:
        from openpyxl.styles import Alignment, Border, Font, Side

        self.sheet, self.row = sheet, 0
        places = decimals(currency)
        self.money = "#,##0." + "0" * places if places else "#,##0"
        self.day = 'yyyy"年"m"月"d"日"' if lang == "zh" else "d mmmm yyyy"
        self.plain, self.bold = Font(name="Arial", size=10), Font(name="Arial", size=10, bold=True)
        self.big, self.soft = Font(name="Arial", size=16, bold=True), Font(name="Arial", size=10, color="FF5A626B")
        self.top = Alignment(horizontal="left", vertical="top", wrap_text=True)
        self.right = Alignment(horizontal="right", vertical="top", wrap_text=True)
        self.middle = Alignment(horizontal="center", vertical="top")
        self.under = Border(bottom=Side(style="thin", color="FF1F4E79"))
        for number, columns in enumerate(WIDTHS, start=1):
            sheet.column_dimensions[chr(64 + number)].width = columns
        self._paper()

    def _paper(self) -> None:
        """A4, as wide as the page, the head of the table on every page, page numbers below."""
        sheet = self.sheet
        sheet.page_setup.paperSize, sheet.page_setup.orientation = sheet.PAPERSIZE_A4, "portrait"
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        for side in ("left", "right", "top", "bottom"):
            setattr(sheet.page_margins, side, 0.7)
        sheet.page_margins.footer = 0.3
        sheet.oddFooter.right.text = "&P / &N"
        sheet.sheet_view.showGridLines = False

    def put(self, column: int, value: str | int | Decimal | date | None, shape: str = "", font: Any = None) -> Any:
        """A value into the row that is being filled; a text is a text, whatever it begins with."""
        cell = self.sheet.cell(self.row, column)
        if isinstance(value, str):
            cell.value = value[:CELL]
            cell.data_type = "s"
            cell.quotePrefix = True
            cell.number_format = "@"
        elif value is not None:
            cell.value = value
            cell.number_format = shape or "#,##0"
        cell.font = font or self.plain
        return cell

    def amount(self, column: int, money: Money, font: Any = None, sign: int = 1) -> None:
        """Money as a number of its currency; one with more digits than a spreadsheet keeps as text."""
        given = Money(sign * money.minor, money.currency)
        long = len(given.text.replace(".", "").lstrip("-")) > DIGITS
        cell = self.put(column, fixed(given) if long else Decimal(given.text), self.money, font)
        cell.alignment = self.right

    def rate(self, column: int, rate: Decimal | None) -> None:
        """A percentage as a number that shows as many decimals as it has."""
        if rate is not None:
            places = max(0, -int(rate.as_tuple().exponent))
            self.put(column, rate / 100, "0" + ("." + "0" * places if places else "") + "%").alignment = self.right

    def wide(self, value: str | date, first: int = 1, last: int = LAST, font: Any = None) -> None:
        """A text or a date over several columns; the row gets as high as the text needs, which no program sees to."""
        self.put(first, value, self.day, font).alignment = self.top
        self.sheet.merge_cells(start_row=self.row, end_row=self.row, start_column=first, end_column=last)
        size = int((font or self.plain).size)
        room = sum(WIDTHS[first - 1 : last]) * 11 // size  # a width is told in digits of 11 points
        high = 1 if isinstance(value, date) else -(-width(value) // room) or 1
        row = self.sheet.row_dimensions[self.row]
        row.height = max(row.height or 0, min(400, high * size * 14 // 10))


def _head(page: _Page, paper: Paper, texts: dict[str, Any]) -> None:
    words, quote = texts["words"], texts["quote"]
    page.row = 1
    page.wide(texts["seller"]["name"] or texts["rep"]["name"], 1, 3, page.bold)
    page.wide(words["title"], 4, LAST, page.big)
    page.row = 2
    page.wide(f"{quote['ref']}  {words['version']}", 4, LAST, page.bold)
    left = [*_seller(texts), "", words["customer"], *_customer(texts)]
    right: list[tuple[str, str | date | None]] = [(words["day"], paper.day), (words["valid_until"], paper.valid_until)]
    right += [("", words["currency"]), ("", stamp(paper))]
    for number in range(max(len(left), len(right) + 1)):
        page.row = 2 + number
        if number < len(left):
            page.wide(left[number], 1, 3, page.bold if left[number] == texts["customer"]["name"] else None)
        label, told = right[number - 1] if 0 < number <= len(right) else ("", None)
        if told:
            page.wide(label, 4, 5, page.soft)
            page.wide(told, 6, LAST, page.bold if told == stamp(paper) else None)
    page.row = 3 + max(len(left), len(right) + 1)
    page.wide(quote["name"], font=page.bold)


def _seller(texts: dict[str, Any]) -> list[str]:
    seller, rep, words = texts["seller"], texts["rep"], texts["words"]
    told = [f"{words[key]} {seller[key]}" for key in ("phone", "email", "tax_number", "bank", "account") if seller[key]]
    lines = [seller["address"], *told, seller["website"]]
    if seller["name"] and rep["name"]:
        lines.append(f"{words['ask']} {rep['name']} {rep['phone']} {rep['email']}".rstrip())
    return [line for line in lines if line]


def _customer(texts: dict[str, Any]) -> list[str]:
    customer, contact, words = texts["customer"], texts["contact"], texts["words"]
    phone, mail = contact["phone"] or customer["phone"], contact["email"] or customer["email"]
    person = f"{words['attention']} {contact['name']} {contact['title']}".rstrip() if contact["name"] else ""
    lines = [customer["name"], customer["address"], person]
    lines += [f"{words['phone']} {phone}" if phone else "", f"{words['email']} {mail}" if mail else ""]
    return [line for line in lines if line]


def _lines(page: _Page, paper: Paper, words: dict[str, str]) -> None:
    page.row += 2
    head = page.row
    for column, key in enumerate(COLUMNS, start=1):
        cell = page.put(column, words[key], font=page.bold)
        cell.border, cell.alignment = page.under, page.middle if column == 1 else page.right if column > 3 else page.top
    page.sheet.freeze_panes = f"A{head + 1}"
    page.sheet.print_title_rows = f"{head}:{head}"
    for line in paper.lines:
        page.row += 1
        page.put(1, line.position, "0").alignment = page.middle
        page.put(2, clean(line.product)).alignment = page.top
        page.put(3, clean(line.sku)).alignment = page.top
        page.put(4, line.quantity).alignment = page.right
        page.amount(5, line.price)
        page.rate(6, line.discount)
        page.rate(7, line.tax)
        page.amount(8, line.net)


def _sums(page: _Page, paper: Paper, lang: str, texts: dict[str, Any]) -> None:
    words, sums = texts["words"], texts["sums"]
    rows = [(words["list_total"], paper.list_total, 1)]
    if sums["line_discount"]:
        rows.append((words["line_discount"], paper.list_total - paper.subtotal, -1))
    if sums["whole_discount"]:
        rows.append((words["subtotal"], paper.subtotal, 1))
        rows.append((words["whole_discount"], paper.subtotal - paper.net, -1))
    rows.append((words["net_total"], paper.net, 1))
    rows += [(told["label"], one.tax, 1) for told, one in zip(texts["taxes"], paper.taxes, strict=True)]
    if not paper.taxes:
        rows.append((words["no_tax"], paper.tax, 1))
    rows.append((words["total"], paper.total, 1))
    page.row += 1
    for label, money, sign in rows:
        page.row += 1
        font = page.bold if label == words["total"] else None
        page.wide(label, 5, 7, font)
        page.amount(8, money, font, sign)
    _end(page, paper, lang, texts)


def _end(page: _Page, paper: Paper, lang: str, texts: dict[str, Any]) -> None:
    words = texts["words"]
    page.row += 2
    if in_words(paper, lang):
        page.wide(f"{words['in_words']}  {in_words(paper, lang)}", font=page.bold)
        page.row += 2
    if texts["terms"]:
        _terms(page, words["terms"], texts["terms"])
    sides = ((1, 3, words["for_seller"], texts["seller"]["name"] or texts["rep"]["name"]),
             (5, LAST, words["for_customer"], texts["customer"]["name"]))  # fmt: skip
    for first, last, title, name in sides:
        top = page.row
        for text in (title, name, words["name"] + ":", words["sign_day"] + ":", words["signature"] + ":"):
            page.wide(text, first, last, page.bold if text == title else None)
            page.row += 1
        page.row = top


def _terms(page: _Page, title: str, lines: Sequence[str]) -> None:
    page.wide(title, font=page.bold)
    for line in lines:
        for start in range(0, max(1, len(line)), CELL):
            page.row += 1
            page.wide(line[start : start + CELL])
    page.row += 2
