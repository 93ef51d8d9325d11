"""The rivals of deals: those written down on a deal, and those that a deal names as competitor or as the one it went to."""

from __future__ import annotations

from collections.abc import Iterator

from salesctl.store.connect import Row, Store
from salesctl.store.frames import Frame

WORDS = ("strength", "weakness")


def _met(frame: Frame) -> str:
    """WITH met(deal_id, key, name, price, .., won): a rival once a deal, of the deals closed in the window and the open ones."""
    moving = ", t.amount, t.amount_currency, t.competitor, t.lost_to"
    both = [frame.deals(which, columns=moving) for which in ("t.outcome IS NULL", frame.closed())]  # each by its index
    named = (
        "SELECT d.id AS deal_id, fold(d.{0}) AS key, d.{0} AS name, NULL AS price, NULL AS price_currency,"
        " NULL AS strength, NULL AS weakness, {1} AS won FROM asked d WHERE d.{0} IS NOT NULL AND NOT EXISTS"
        f" (SELECT 1 FROM rival r WHERE r.deal_id = d.id AND r.name_key = fold(d.{{0}}) AND {frame.known('r.at')})"
    ).format
    return (
        f"WITH asked AS ({' UNION ALL '.join(both)}),"
        " met AS (SELECT r.deal_id, r.name_key AS key, r.name, r.price, r.price_currency, r.strength, r.weakness,"
        " CASE WHEN r.name_key = fold(d.lost_to) OR (d.lost_to IS NULL AND r.won = 1) THEN 1 ELSE 0 END AS won"
        f" FROM rival r JOIN asked d ON d.id = r.deal_id WHERE {frame.known('r.at')}"
        f" UNION ALL {named('lost_to', '1')}"
        f" UNION ALL {named('competitor', '0')} AND (d.lost_to IS NULL OR fold(d.lost_to) <> fold(d.competitor)))"
    )


def met(store: Store, frame: Frame) -> list[Row]:
    """Deals by rival and outcome: g, key, name, outcome, won (1: this rival won it), n."""
    return store.query(
        f"{_met(frame)} SELECT d.g, m.key, min(m.name) AS name, d.outcome, m.won, count(*) AS n"
        " FROM met m JOIN asked d ON d.id = m.deal_id GROUP BY 1, 2, 4, 5 ORDER BY 2, 4, 5",
        frame.params,
    )


def prices(store: Store, frame: Frame) -> Iterator[Row]:
    """How far rivals' prices lie from our amounts, where both are known in one currency: g, key, mills (per mille of ours), n."""
    yield from store.each(
        f"{_met(frame)} SELECT d.g, m.key, (m.price - d.amount) * 1000 / d.amount AS mills, count(*) AS n"
        " FROM met m JOIN asked d ON d.id = m.deal_id"
        " WHERE m.price IS NOT NULL AND d.amount > 0 AND d.amount_currency = m.price_currency GROUP BY 1, 2, 3",
        frame.params,
    )


def words(store: Store, frame: Frame, which: str) -> Iterator[Row]:
    """What was said of rivals (strength or weakness): g, key, word, n, the most said first."""
    assert which in WORDS
    yield from store.each(
        f"{_met(frame)} SELECT d.g, m.key, min(m.{which}) AS word, count(*) AS n"
        f" FROM met m JOIN asked d ON d.id = m.deal_id WHERE m.{which} IS NOT NULL"
        f" GROUP BY d.g, m.key, fold(m.{which}) ORDER BY 2, 4 DESC, 3",
        frame.params,
    )
