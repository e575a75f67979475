"""A day's work at the officers' pages as keys, step by step: what is done with which message."""

from datetime import timedelta

from demonstration import references
from keyboard import Keyboard
from pages import PASSWORD, Pages

CALL = (
    "She says that the crew left broken glass across the pavement at 3 Tannery Lane on Friday. She rang on "
    "Friday and again on Saturday and was promised a call each time. Nobody rang. She cut her hand."
)
ADDED = "I have asked the depot to sweep your side of the road by tomorrow evening."
REASONS = (
    "Your penalty charge notice of 14 November says that you can challenge it within 28 days. After that you "
    "can appeal to the independent tribunal, which can cancel it. We cannot."
)


class Office:
    """The pages before an officer, and what they do with each case."""

    def __init__(self, pages: Pages, hands: Keyboard) -> None:
        self.pages, self.hands = pages, hands
        self.references = references(pages)

    @property
    def title(self) -> str:
        """What the page is called, and the case that it is about where it says so."""
        return str(self.hands.page.locator("h1").inner_text())

    @property
    def done(self) -> str:
        """What the page says was done last."""
        return str(self.hands.page.locator(".govuk-notification-banner__heading").inner_text())

    @property
    def words(self) -> str:
        """What the page says."""
        return str(self.hands.page.locator("main").inner_text())

    def sign_in(self, name: str) -> None:
        """Give name and password."""
        self.hands.fill("Your name in Heard", name)
        self.hands.fill("Password", PASSWORD)
        self.hands.follow("Sign in")

    def sign_out(self) -> None:
        """Sign out, and see that it is so."""
        self.hands.follow("Sign out")
        assert self.done == "You have signed out."

    def look_up(self, number: str) -> None:
        """Go to the case of a message of the inbox: into the search of the queue with its reference."""
        self.pages.now += timedelta(minutes=4)
        self.hands.follow("Queue")
        self.hands.press("/")
        self.hands.type(self.references[number])
        self.hands.go("Enter")
        self.hands.into_main()
        assert self.references[number] in self.words

    def work_on_the_most_urgent(self) -> None:
        """Begin at the top, where somebody may be in danger: a note for whoever comes next, then one key."""
        self.hands.picture("the queue")
        self.hands.press("j")
        self.hands.go("Enter")
        assert self.title.endswith("27 Cobblers Row - heating")
        self.hands.picture("a case")
        self.hands.into_main()
        self.hands.follow("Add a note")
        self.hands.fill("Your note", "Duty surveyor told at 9:10; he rings her before ten.")
        self.hands.follow("Add it")
        self.hands.go("a")
        assert "27 Cobblers Row" not in self.title

    def ask_for_consent(self) -> None:
        """Ask, where a daughter writes for her mother; the case has opened by itself."""
        assert self.title.endswith("My mother, Joan Penhaligon, 14 Saltersgate")
        self.hands.picture("the next case opens by itself")
        self.hands.into_main()
        self.hands.follow("Ask for consent")
        self.hands.fill("For whom do they write?", "Joan Penhaligon")
        self.hands.follow("See the letter")
        assert self.title == "Check the letter before it goes"
        assert "Joan Penhaligon" in self.words
        self.hands.go("y")
        self.hands.go("a")

    def rule_wrongly_and_undo(self) -> None:
        """Correct a status with two keys, and take it back with a third."""
        assert self.title.endswith("The Cavendish Lodge")
        self.hands.go("c")
        self.hands.picture("correcting")
        self.hands.go("2")
        assert "The Cavendish Lodge" not in self.title
        self.hands.go("u")
        assert self.title.endswith("The Cavendish Lodge")
        self.hands.picture("undone")
        self.hands.go("a")

    def correct_the_category(self) -> None:
        """Put a question about allotments under parks, where it belongs."""
        self.look_up("05")
        self.hands.go("c")
        self.hands.into_main()
        self.hands.tab_to("Category")
        self.hands.type("Parks")
        self.hands.fill("Why?", "It is about allotments.")
        self.hands.follow("Continue")
        assert self.references["05"] in self.done

    def decide_the_unsure_one(self) -> None:
        """Find a letter of thanks in the part of the queue that triage leaves to officers."""
        self.pages.now += timedelta(minutes=4)
        self.hands.follow("Queue")
        self.hands.into_main()
        self.hands.follow("Triage is unsure…")
        self.hands.into_main()
        self.hands.follow("Bea at Thornley Road library")
        self.hands.go("a")
        assert self.title == "Triage is unsure"
        assert "Triage is sure of everything that waits." in self.words

    def agree(self, number: str) -> None:
        """Look at a case and agree with one key."""
        self.look_up(number)
        self.hands.go("a")
        assert self.references[number] in self.done

    def join_a_possible_reply(self) -> None:
        """Say that what her brother writes belongs to the case that he names."""
        self.pages.now += timedelta(minutes=4)
        self.hands.follow("Queue")
        self.hands.into_main()
        self.hands.follow("Possible replies…")
        self.hands.into_main()
        self.hands.follow("Jade's parking permit")
        assert "It may belong to another case" in self.words
        self.hands.into_main()
        self.hands.follow("It is a reply")
        self.hands.picture("a possible reply")
        self.hands.fill("Why?", "He is her brother, she confirmed it on the telephone.")
        self.hands.follow("Join")
        assert f"Joined to {self.references['06']}" in self.done

    def refuse(self) -> None:
        """Refuse what a tribunal decides, for reasons of its own, in a letter seen before it goes."""
        self.look_up("16")
        self.hands.follow("Do not accept")
        self.hands.into_main()
        self.hands.follow("See the letter")
        assert "There is a problem" in self.words
        self.hands.into_main()
        self.hands.choose("Appeal route")
        self.hands.fill("Why does it apply to this complaint?", REASONS)
        self.hands.fill("What shows that the ground applies?", "The notice, as he describes it.")
        self.hands.follow("See the letter")
        assert self.title == "Check the letter before it goes"
        assert REASONS in self.words
        self.hands.picture("a refusal before it goes")
        self.hands.go("y")
        assert "not accepted" in self.done

    def escalate(self) -> None:
        """Begin stage 2 for somebody who rings about the answer that another team gave."""
        self.look_up("11")
        self.hands.follow("Answered elsewhere")
        for part, said in (("Day", "20"), ("Month", "11"), ("Year", "2026")):
            self.hands.fill(part, said)
        self.hands.fill("Who gave it? (stage 1)", "Sam Field")
        self.hands.fill("How is that known?", "His letter is in the planning file.")
        self.hands.follow("Record it")
        self.hands.into_main()
        self.hands.follow("Begin stage 2")
        self.hands.fill("How did they ask?", "By telephone this morning.")
        self.hands.follow("Continue")
        assert self.title == "Check the letter before it goes"
        self.hands.picture("a stage 2 acknowledgement before it goes")
        self.hands.go("y")
        assert "stage 2" in self.done

    def split(self) -> None:
        """Make points of the two matters of a message, and of the second a case of its own."""
        self.look_up("28")
        self.hands.follow("Points")
        for point in ("Nine drivers came in twelve school days.", "The passenger assistant never came."):
            self.hands.into_main()
            self.hands.follow("Add a point")
            self.hands.fill("What is the point?", point)
            self.hands.follow("Add it")
        self.look_up("28")
        self.hands.follow("Split")
        self.hands.tick("The passenger assistant never came.")
        self.hands.fill("Why?", "Another contractor sends the assistants.")
        self.hands.follow("Split it off")
        self.hands.picture("a case split off")
        self.hands.go("y")
        assert "came out of" in self.done

    def work_quarantine(self) -> None:
        """Open a case by hand for a message that could not be read."""
        self.pages.now += timedelta(minutes=4)
        self.hands.follow("Queue")
        self.hands.into_main()
        self.hands.follow("Quarantine…")
        self.hands.into_main()
        self.hands.follow("Fwd: Fwd: Fwd: read this")
        self.hands.picture("a message that could not be read")
        self.hands.into_main()
        self.hands.choose("Other")
        self.hands.choose("Local Government and Social Care")
        self.hands.fill("Why?", "Nothing but a message in a message, and nobody's words.")
        self.hands.follow("Open a case")
        assert "opened" in self.done

    def take_a_call(self) -> None:
        """Take down what a caller says, see what triage thinks of it, and open a case."""
        self.pages.now += timedelta(minutes=4)
        self.hands.follow("New case")
        self.hands.into_main()
        self.hands.choose("By telephone")
        self.hands.fill("What do they say?", CALL)
        self.hands.fill("What is it about?", "Glass on the pavement")
        self.hands.fill("Their name", "Ada Fernsby")
        self.hands.fill("Email address", "ada.fernsby@example.net")
        self.hands.follow("See what triage thinks")
        assert "What triage thinks" in self.words
        self.hands.picture("what triage thinks of a call")
        self.hands.follow("Open the case")
        assert self.title.endswith("Glass on the pavement")

    def change_and_send_a_letter(self) -> None:
        """Add a sentence to the acknowledgement while it waits to be undone, and send it."""
        self.hands.go("a")
        self.hands.into_main()
        self.hands.follow("Look at…")
        assert self.title.endswith("Glass on the pavement")
        self.hands.into_main()
        self.hands.follow("Stage 1 acknowledgement")  # In the conversation: leads to it among the letters.
        self.hands.follow("Stage 1 acknowledgement")
        self.hands.go("e")
        self.hands.into_main()
        self.hands.tab_to("Letter")
        self.hands.press("Control+Home")
        for _ in range(4):
            self.hands.press("ArrowDown")
        self.hands.type(f"\n{ADDED}\n")
        self.hands.follow("See how it reads")
        assert ADDED in self.words
        self.hands.picture("a letter that is changed")
        self.hands.into_main()
        self.hands.follow("Keep these words")
        self.hands.go("s")
        assert "Stage 1 acknowledgement" in self.title

    def roll_back(self) -> None:
        """Make the classifier live again that was live before."""
        self.hands.follow("Classifier")
        self.hands.into_main()
        self.hands.follow("Go back to the version before")
        assert "is live again" in self.done
        self.hands.picture("the classifier rolled back")
