"""The lesson of docs/teaching.md as a notebook: `marimo edit examples/lesson/lesson.py`; it runs as
a script too.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(app_title="Untreated, in remission, recurrent?")


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    # Untreated, in remission, recurrent?

    Three definitions from a patient page of the National Cancer Institute, a limit of 5 %, and
    facts that nobody wrote down. By the end you can say which facts each definition needs, which
    side a limit belongs to, and what sets *no*, *not known* and *not described* apart.

    The source is patient information, not a guideline, and nothing here is medical advice.
    """)
    return


@app.cell
def _():
    from collections import Counter
    from itertools import product

    import marimo as mo
    from matplotlib.figure import Figure

    from allstatus import load_rules
    from allstatus.why.counting_error import binomial_interval

    rules = load_rules(engine="builtin")
    return Counter, Figure, binomial_interval, mo, product, rules


@app.cell
def _(rules):
    TITLES = {
        **{name: status.title for name, status in rules.ruleset.statuses.items()},
        "outside_definitions": "the page does not describe this",
        "insufficient_data": "cannot tell yet",
        "conflicting_data": "these facts contradict each other",
    }

    def answer(record):
        """The answer in words."""
        decision = rules.classify(record)
        return TITLES[decision.status or decision.outcome]

    return TITLES, answer


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## 1. Predict first

    Choose an answer for each person before you read on. `None` and `"unknown"` are not the same,
    as you will see.
    """)
    return


@app.cell
def _():
    WELL = {
        "prior_treatment": "disease_directed",
        "prior_remission": True,
        "cbc": "normal",
        "signs_and_symptoms": "absent",
    }
    SICK = {"prior_treatment": "none", "cbc": "abnormal", "signs_and_symptoms": "present"}

    people = {
        "treated, blood count normal, well, blasts exactly 5 %": WELL
        | {"marrow_blast_percent": "5"},
        "the same with 5.0001 %": WELL | {"marrow_blast_percent": "5.0001"},
        "the same, marrow not examined": WELL,
        "never treated, blood count abnormal, ill, 80 % blasts": SICK
        | {"marrow_blast_percent": "80"},
        "never treated, blood count abnormal, ill, 3 % blasts": SICK
        | {"marrow_blast_percent": "3"},
        "treated, 2 % blasts, well, blood count still abnormal": WELL
        | {"cbc": "abnormal", "marrow_blast_percent": "2"},
        "after a remission, 1 % blasts, leukemia in the spinal fluid": WELL
        | {
            "marrow_blast_percent": "1",
            "signs_and_symptoms": "present",
            "leukemia_outside_marrow": {"site": "cns"},
        },
        "never treated, yet in remission before": WELL
        | {"prior_treatment": "none", "marrow_blast_percent": "5"},
    }
    return SICK, WELL, people


@app.cell
def _(TITLES, mo, people):
    guesses = mo.ui.dictionary(
        {person: mo.ui.dropdown(list(TITLES.values()), full_width=True) for person in people}
    )
    guesses
    return (guesses,)


@app.cell
def _(answer, guesses, mo, people):
    told = {person: answer(record) for person, record in people.items()}
    _given = {person: guess for person, guess in guesses.value.items() if guess is not None}
    score = sum(told[person] == guess for person, guess in _given.items())

    mo.vstack(
        [
            mo.md(
                f"You were right {score} of {len(_given)} times."
                if _given
                else "*The answers, for those who have guessed:*"
            ),
            mo.accordion(
                {
                    "The answers": mo.ui.table(
                        [{"who": who, "answer": text} for who, text in told.items()], selection=None
                    )
                }
            ),
        ]
    )
    return score, told


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## 2. Which side does the limit belong to?

    The page says *5 % or fewer* for a remission and *more than 5 %* for untreated disease. So 5
    itself belongs to remission, and the next decimal does not. A laboratory may write a bound, a
    range, a count of cells or a grade.
    """)
    return


@app.cell
def _(WELL, answer, mo):
    spellings = [
        "4.9",
        "5",
        "5.0",
        "5.000000000000000001",
        "<5",
        "<=5",
        ">=5",
        "<10",
        "5-10",
        "10/200",
        "11/200",
        "M1",
        "M2",
    ]
    at_the_limit = {text: answer(WELL | {"marrow_blast_percent": text}) for text in spellings}

    mo.ui.table(
        [{"marrow blasts": text, "answer": told} for text, told in at_the_limit.items()],
        selection=None,
        page_size=len(spellings),
    )
    return (at_the_limit,)


@app.cell
def _(mo):
    as_float = float("5.000000000000000001")
    lost = as_float == 5  # a binary number has no room for the last digit

    mo.md(f"""
    Python's own `float("5.000000000000000001")` is `{as_float}`: the digit is lost, and with it
    the answer. That is why percentages are exact fractions here.
    """)
    return (lost,)


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## 3. No, not known, not reported

    `None` (or leaving the fact out) means *nobody reported it*. `"unknown"` means *somebody asked,
    and nobody could say*. For two facts the rules name an assumption when nothing is reported; it
    is listed with the answer, and it is never made against an explicit `"unknown"`.
    """)
    return


@app.cell
def _(TITLES, WELL, mo, rules):
    def row(label, record):
        decision = rules.classify(record)
        return {
            "what is said of leukemia outside the marrow": label,
            "still possible": " or ".join(TITLES[name] for name in decision.possible),
            "ask next": decision.ask_next.fact.replace("_", " ") if decision.ask_next else "",
            "assumed": ", ".join(entry.fact.replace("_", " ") for entry in decision.assumptions),
        }

    clean = WELL | {"marrow_blast_percent": "5"}
    missing = [
        row("none found", clean | {"leukemia_outside_marrow": "absent"}),
        row("nothing (not reported)", clean),
        row("not known", clean | {"leukemia_outside_marrow": "unknown"}),
        row("found", clean | {"leukemia_outside_marrow": "present"}),
    ]
    mo.ui.table(missing, selection=None)
    return (missing,)


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## 4. What a two-valued script makes of it

    Here is the page in a few lines of ordinary Python. It is right about every complete record
    that does not contradict itself. Watch what it does with a fact that is missing.
    """)
    return


@app.cell
def _():
    def script(record):
        """The page in two-valued logic; a missing fact is None, and None is false."""
        treated = record["prior_treatment"] == "disease_directed"
        above = (record["marrow_blast_percent"] or 0) > 5
        normal = record["cbc"] == "normal"
        ill = record["signs_and_symptoms"] == "present"
        if not treated and not normal and above and ill:
            return "untreated"
        if treated and normal and not above and not ill:
            return "in_remission"
        if record["prior_remission"] and above:
            return "recurrent"
        return None

    return (script,)


@app.cell
def _(Counter, product, rules, script):
    VALUES = {
        "prior_treatment": ["none", "disease_directed", None],
        "prior_remission": [True, False, None],
        "cbc": ["normal", "abnormal", None],
        "marrow_blast_percent": [2, 60, None],
        "signs_and_symptoms": ["absent", "present", None],
    }
    records = [dict(zip(VALUES, values, strict=True)) for values in product(*VALUES.values())]
    records = [record for record in records if any(value is not None for value in record.values())]

    def compare(record):
        """Agreement, or the way in which the script goes wrong."""
        decision, said = rules.classify(record), script(record)
        if said == decision.status:
            return "both say the same"
        if decision.status is None and said is not None:
            return f"the script names a status where it is {decision.outcome.replace('_', ' ')}"
        return "the script misses a status, or names another"

    compared = Counter(compare(record) for record in records)
    complete = Counter(compare(record) for record in records if None not in record.values())
    return compare, compared, complete, records


@app.cell
def _(compared, complete, mo):
    def counted(counter):
        return [{"what happens": kind, "records": number} for kind, number in counter.most_common()]

    mo.vstack(
        [
            mo.md("**Complete records**"),
            mo.ui.table(counted(complete), selection=None),
            mo.md("**All records, some facts missing**"),
            mo.ui.table(counted(compared), selection=None),
        ]
    )
    return


@app.cell
def _(compare, mo, records, script):
    _named = [record for record in records if "insufficient" in compare(record)]
    example = next(
        record
        for record in _named
        if record["marrow_blast_percent"] is None and script(record) == "in_remission"
    )

    mo.md(f"""
    One of them: the marrow has not been examined, and the script says
    *{script(example).replace("_", " ")}*, because nothing is not more than 5.

    ```python
    {example}
    ```
    """)
    return (example,)


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## 5. How sure is a count?

    Each line is a marrow in which exactly 5 % of the cells counted were blasts. It shows where the
    true share may lie (95 %, exact binomial). Choose how many cells were counted.
    """)
    return


@app.cell
def _(mo):
    cells = mo.ui.multiselect(
        ["100", "200", "500", "1000", "2000"],
        value=["100", "200", "500", "1000"],
        label="cells counted",
    )
    cells
    return (cells,)


@app.cell
def _(Figure, binomial_interval, cells):
    counts = sorted(int(number) for number in cells.value)
    intervals = {number: binomial_interval(number // 20, number) for number in counts}

    picture = Figure(figsize=(8, 0.6 + 0.5 * len(counts)), layout="constrained")
    _axis = picture.add_subplot()
    _axis.axvspan(0, 5, color="#dcebe2")
    _axis.axvline(5, color="black", linewidth=2)
    for _place, (_number, (_low, _high)) in enumerate(intervals.items()):
        _axis.plot(
            [_low, _high], [_place, _place], color="#16233a", linewidth=3, marker="|", markersize=12
        )
        _axis.plot([5], [_place], "o", color="#16233a")
        _axis.annotate(
            f"{round(_low, 2):g} to {round(_high, 2):g} %",
            (_high, _place),
            (8, 0),
            textcoords="offset points",
            va="center",
        )
    _axis.set_yticks(range(len(counts)), [f"{number // 20} of {number} cells" for number in counts])
    _axis.set_xlim(0, 15)
    _axis.set_ylim(-0.6, len(counts) - 0.4)
    _axis.set_xlabel("blasts in the bone marrow, % (shaded: the side of remission)")
    picture
    return intervals, picture


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## 6. Before you go

    A letter says: *5 % blasts, counts normal, well.* What do you need to know before you write
    *remission*?
    """)
    return


@app.cell
def _(TITLES, mo, rules):
    letter = rules.classify(
        {"marrow_blast_percent": "5", "cbc": "normal", "signs_and_symptoms": "absent"}
    )
    still = " or ".join(TITLES[name] for name in letter.possible)
    question = letter.ask_next.question

    mo.accordion(
        {
            "The answer": mo.md(
                f"**{question}** Until that is known: {still}. And 10 blasts in 200 cells may be "
                f"2.42 to 9 %."
            )
        }
    )
    return letter, question


if __name__ == "__main__":
    app.run()
