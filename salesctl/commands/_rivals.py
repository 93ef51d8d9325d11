"""report rivals: who we meet, who wins, at what price, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from salesctl.commands._rates import likely, of_ratio, percent, share_bar
from salesctl.i18n import N_, _
from salesctl.output.views import Column, Report, Table

if TYPE_CHECKING:
    from salesctl.commands._reports import Asked
    from salesctl.services.rivalry import Rival

Values = dict[str, Any]
KEYS = (
    "group", "rival", "met", "open", "won", "lost_to", "lost_otherwise", "win_rate", "win_rate_low", "win_rate_high",
    "price_difference", "price_n", "strengths", "weaknesses",
)  # fmt: skip
HEAD = (
    Column("rival", N_("Rival"), grow=True),
    Column("met", N_("Deals"), "r"),
    Column("won", N_("Won"), "r"),
    Column("lost_to", N_("Lost to"), "r"),
    Column("lost_otherwise", N_("Others"), "r"),
    Column("rate", N_("Rate"), "r"),
    Column("range", N_("Range")),
    Column("price", N_("Price gap"), "r"),
    Column("bar", ""),
)


def view(asked: Asked) -> Report:
    """A line a rival, and below it what is said of it."""
    from salesctl.services.rivalry import rivals

    found = rivals(asked.app.store, asked.frame)
    rows = [_row(one, asked.by) for one in found]
    blocks: list[Any] = [_table(rows, asked.by)]
    if said := _said(rows, asked.by):
        blocks.append(said)
    if any(row["met"] and row["met"] == row["lost_to"] for row in rows):
        blocks.append(
            [
                _(
                    "Some are known only from deals that they won: write rivals down where you meet them, or their win rate says too much."
                )
            ]
        )
    blocks += [_why(rows)] if asked.why else []
    data = asked.data("rivals", rivals=[{key: row[key] for key in KEYS} for row in rows])
    hint = _("deals lost to one: salesctl deal list lost lost_to:NAME")
    return Report(asked.title(_("Rivals")), blocks, data, rows, [Column(key, key) for key in KEYS], hint=hint)


def _row(one: Rival, by: str | None) -> Values:
    price = None if one.price is None else round(float(one.price.median) / 1000, 6)
    row: Values = {
        "group": one.group if by else None, "rival": one.name, "met": one.met, "open": one.open, "won": one.won,
        "lost_to": one.lost_to, "lost_otherwise": one.lost, **of_ratio("win_rate", one.rate),
        "price_difference": price, "price_n": one.price.n if one.price else 0,
        "strengths": one.said("strength"), "weaknesses": one.said("weakness"),
    }  # fmt: skip
    shown = "" if price is None else f"{100 * price:+.1f} % ({row['price_n']})"
    return row | {
        "rate": percent(one.rate.value),
        "range": likely(one.rate),
        "price": shown,
        "bar": share_bar(one.rate, 6),
    }


def _table(rows: Sequence[Values], by: str | None) -> Table:
    empty = _("no rival is known: they come with salesctl lose REF REASON --lost-to NAME")
    if by is None:
        return Table(rows, HEAD, empty=empty)
    from salesctl.commands._reports import label

    last, shown = None, []
    for row in rows:
        shown.append(row | {"group": "" if row["group"] == last else row["group"]})
        last = row["group"]
    columns = [one for one in HEAD if one.key not in ("lost_otherwise", "bar")]
    return Table(shown, [Column("group", label(by), grow=True), *columns], empty=empty)


def _said(rows: Sequence[Values], by: str | None) -> list[str]:
    """Good at and bad at, in a line a rival; grouped they would be said again and again."""
    if by is not None:
        return []
    lines = []
    for row in rows:
        parts = [_("good at: {words}").format(words=", ".join(row["strengths"]))] if row["strengths"] else []
        parts += [_("bad at: {words}").format(words=", ".join(row["weaknesses"]))] if row["weaknesses"] else []
        if parts:
            lines.append(f"{row['rival']}  " + "   ".join(parts))
    return lines


def _why(rows: Sequence[Values]) -> list[str]:
    return [
        _("Deals: those closed in the period on which the rival was written down, was named as competitor or got the deal; and the open ones. One with two rivals counts under each."),
        _("Lost to: to this rival. Others: lost to somebody else, or to nobody. Rate: won / (won + lost), whoever got the lost ones; open deals do not count. Range: Wilson score interval, 95 %."),
        _("Price gap: the median of (its price - our amount) / our amount, where both are known in one currency, with how many; below 0 it is cheaper."),
        _("rows in: {n}").format(n=f"{sum(row['met'] for row in rows):,}"),
    ]  # fmt: skip
