"""The one list of commands: where each is, what it is for, and in which part of the help it stands."""

from __future__ import annotations

from salesctl.i18n import N_
from salesctl.plain import Data


class Entry(Data, frozen=True):
    """A command: its module under salesctl.commands, its line of help, its panel; a noun has a verb it means alone."""

    name: str
    help: str
    panel: str
    default: str = ""
    module: str = ""

    @property
    def path(self) -> str:
        return f"salesctl.commands.{self.module or self.name}"


EVERY, SELLING, PROCESS, NUMBERS, PEOPLE, AUTO, TOOL = (
    N_("Every day"),
    N_("Selling"),
    N_("Process"),
    N_("Numbers"),
    N_("People"),
    N_("Automation"),
    N_("Tool"),
)
ENTRIES = (
    Entry("today", N_("What is due today, and what has no next step."), EVERY),
    Entry("next", N_("What to do first, and why."), EVERY),
    Entry("log", N_("Write down a call, a visit, a mail; tick off what was due."), EVERY),
    Entry("done", N_("Tick off a planned follow-up."), EVERY),
    Entry("snooze", N_("Put a follow-up off."), EVERY),
    Entry("advance", N_("Move a deal on to the next stage."), EVERY),
    Entry("win", N_("A deal is won."), EVERY),
    Entry("lose", N_("A deal is lost."), EVERY),
    Entry("board", N_("The open pipeline by stage, or by due day."), EVERY),
    Entry("find", N_("Search customers, contacts, deals and follow-ups."), EVERY),
    Entry("show", N_("One record, whatever it is."), EVERY),
    Entry("add", N_("A customer, a deal and its first step in one line."), EVERY),
    Entry("undo", N_("Take back what a command wrote."), EVERY),
    Entry("customer", N_("Companies and private persons that buy."), SELLING, "list"),
    Entry("contact", N_("The people at a customer."), SELLING, "list"),
    Entry("lead", N_("Who may become a customer: screen, assign, convert, the common pool."), SELLING, "list"),
    Entry("deal", N_("What may be sold: advance, win, lose, reopen, assign."), SELLING, "list"),
    Entry("need", N_("What customers need, ranked; the key needs."), SELLING, "list"),
    Entry("solution", N_("What answers the needs of a deal, confirmed by the customer."), SELLING, "list"),
    Entry("quote", N_("Priced lines for a deal: versions, approval, sent, accepted."), SELLING, "list"),
    Entry("contract", N_("What was signed: payments due and received, renewals, attachments."), SELLING, "list"),
    Entry("product", N_("What is sold."), SELLING, "list"),
    Entry("followup", N_("What is to be done, and what was done."), SELLING, "list"),
    Entry("pipeline", N_("Sales processes."), PROCESS, "list"),
    Entry("stage", N_("The stages of a process, with chances and limits."), PROCESS, "list"),
    Entry("sop", N_("The standard work of each stage: tasks, what must be there, who approves."), PROCESS, "show"),
    Entry(
        "approval", N_("What waits for somebody's yes: quotes that give more than their owner may."), PROCESS, "list"
    ),
    Entry("kpi", N_("The figures: each with its range, its n and its why."), NUMBERS, "show"),
    Entry("goal", N_("SMART goals: attainment, pace and where they land."), NUMBERS, "list"),
    Entry("forecast", N_("What a period brings: categories, likely range, the chance of the goal."), NUMBERS, "show"),
    Entry("period", N_("Closed periods: figures frozen, later edits told as corrections."), NUMBERS, "list"),
    Entry("changes", N_("How the pipeline moved in a period, and which deals moved it."), NUMBERS),
    Entry(
        "report",
        N_("The week for the Monday meeting; day, month, quarter, funnel, trend, gaps, a rep; your own."),
        NUMBERS,
        "weekly",
    ),
    Entry("analyze", N_("What goes with winning: steps of the SOP, playbooks."), NUMBERS, "list"),
    Entry("rep", N_("Those who sell, and their managers."), PEOPLE, "list"),
    Entry("team", N_("Teams of reps."), PEOPLE, "list"),
    Entry("remind", N_("What is due, for cron: silent when there is nothing."), AUTO),
    Entry("import", N_("Customers, deals and more from CSV files."), TOOL, module="import_"),
    Entry("export", N_("Every record as CSV or JSON, as import reads it back."), TOOL),
    Entry("demo", N_("A store of made-up data to try things on."), TOOL),
    Entry("init", N_("Make a store: zone, currency, who you are."), TOOL),
    Entry("config", N_("Who you are, your language, your store."), TOOL, "list"),
    Entry("history", N_("What was done to a record, and by whom."), TOOL),
    Entry("rate", N_("Exchange rates: what a currency is worth from a day on."), TOOL, "list"),
    Entry("db", N_("Backups, checks, and what the store is."), TOOL, "status"),
    Entry("audit", N_("The change log: list, show, verify."), TOOL, "list"),
    Entry("help", N_("A topic: dates, amounts, filters, formats, exit codes, cron."), TOOL),
)
BY_NAME = {entry.name: entry for entry in ENTRIES}
ALSO = {"task": "followup", "activity": "followup", "todo": "followup"}  # nouns by their other names, in no help
# what people type for a verb of ours; nothing is ever deleted
MEANT = {"delete": "archive", "del": "archive", "remove": "archive", "create": "add", "update": "edit", "set": "edit"}
VERBS_OF = {"reopen": "deal reopen", "back": "deal back", "assign": "deal assign", "split": "goal split"}
ALIASES = {"ls": "list", "view": "show", "new": "add", "rm": "archive"}
BARE_WORDS = frozenset(
    (
        "open",
        "won",
        "lost",
        "stalled",
        "mine",
        "archived",
        "planned",
        "done",
        "overdue",
        "due",
        "todo",
        "expired",
        "draft",
        "sent",
    )
)
SHORT_PANELS = (PROCESS, PEOPLE, AUTO)
