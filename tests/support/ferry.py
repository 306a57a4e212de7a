"""An invented norm in one file, of one language, with a table, a list in a list, and a sum. No authority issued it."""

from __future__ import annotations

from pathlib import Path

NAME = "ferry"

TEXT = """Ferry Rules 3

Article 1 Refunds

1. A passenger whose ferry leaves more than 30 minutes late receives 50 per cent of the fare.
2. The berths are refunded too, where the berths of a booking cost at most EUR 80 together.
3. The class of the ticket decides how much is kept; see the schedule. The office is open on Mondays.
"""

NORM = """id = "ferry"
number = "Ferry Rules 3"
languages = ["en"]
currency = "EUR"
from = 2026-01-01

[not_computed]
"The office is open on Mondays." = ["binds_others", "When claims are received."]

[numbers]
late = [30, "more than 30 minutes late"]
share = [50, "50 per cent of the fare", "the share of the fare"]
berths = ["EUR 80", "at most EUR 80 together"]

[facts.bookings]
entity = "booking"
minutes_late = { is = "integer minutes 0..10000", words = "delay" }
class = ["deck", "cabin"]
fare = "money 0.01..10000.00"

[facts.bookings.berths]
entity = "berth"
price = "money 0..1000.00"

[table.kept]
file = "kept.csv"
key = ["class"]
from = "the schedule"
words = "the schedule"
columns = { class = "enum:booking_class", sum = "money" }

[benefit.refund]
clause = "Article 1"
subject = "booking"
words = "refund"
amount = true
conditions = { late = "late enough", cheap = "berths that cost little" }

[say.total]
holds = "the berths of booking {booking} cost {sum} together"
total = { Sum = "the berths cost {sum}" }

[reading.counted]
quote = "leaves more than 30 minutes late"
question = "Late at the quay or at sea?"
options = { quay = "At the quay.", sea = "At sea." }

[[doubt]]
quote = "The class of the ticket decides"
words = "Which class counts after an exchange is not said."
"""

RULES = """%@ leaves more than 30 minutes late
met(C, refund, B, late) :- booking_minutes_late(C, B, Late), minutes(late, Most), Most < Late, reading(counted, quay).
met(C, refund, B, late) :- booking_minutes_late(C, B, Late), minutes(late, Most), Most < Late, reading(counted, sea).

%@ receives 50 per cent of the fare
%@ The class of the ticket decides how much is kept
payable(C, refund, B, Rest / 100, Rest \\ 100, P) :-
    booking_fare(C, B, Fare), booking_class(C, B, Class), kept(Class, Kept), Kept <= Fare, Rest = Fare - Kept, percent(share, P).

%@ the berths of a booking cost at most EUR 80 together
met(C, refund, B, cheap) :- total(C, B, Sum), money(berths, Most), Sum <= Most.
total(C, B, Sum) :- booking(C, B), Sum = #sum { Price, T : berth(C, B, T), berth_price(C, T, Price) }.
"""

FILES = {"norm.toml": NORM, "notice.md": TEXT, "kept.csv": "class,sum\ndeck,1.00\ncabin,2.50\n"}


def ferry(root: Path) -> Path:
    """Write the norm under a root."""
    for name, text in FILES.items():
        _write(root / "policy" / NAME / name, text)
    _write(root / "encodings" / NAME / "refund.lp", RULES)
    return root


def edit(root: Path, file: str, old: str, new: str) -> None:
    """Put something else into a file of the norm; a file that there is not is written."""
    path = root / ("encodings" if file.endswith(".lp") else "policy") / NAME / file
    if not old:
        _write(path, new)
        return
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
