from app.packet.dissect import dissect
from app.packet.editing import with_field
from tests.packet.probes import STACK, error, tcp_probe, udp_probe
from widgets.fieldbar import field_words
from widgets.treelines import TreeLine, TreeLines, branches_below, issues, path_to, tree_lines

ERROR = error(4, udp_probe(4), mpls=STACK)


def line_of(data: bytes, name: str, which: int = 0) -> TreeLine:
    lines = tree_lines(dissect(data), {}, standard=True)
    return [line for line in lines if line.span is not None and line.span.field.name == name][which]


def words(line: TreeLine) -> str:
    return "".join(text for _, text in field_words(line))


def test_a_line_is_found_by_its_path() -> None:
    lines = tree_lines(dissect(ERROR), {}, standard=True)

    assert all(lines.place_of(line.path) == index for index, line in enumerate(lines))
    assert lines.place_of(("nothing",)) is None


def test_all_is_open_or_closed_by_one_word_and_a_choice_stands_against_it() -> None:
    read = dissect(ERROR)

    closed = tree_lines(read, {("icmp 1",): True}, standard=False)

    layers = [line.label for line in closed if line.span is None]
    assert layers == ["IPv4", "ICMP", "quoted IPv4", "quoted UDP", "quoted payload"]
    assert any(line.label == "type" for line in closed)
    assert len(tree_lines(read, {}, standard=True)) > len(tree_lines(read, {})) > len(closed)


def test_the_branches_below_a_branch_open_it_to_its_leaves() -> None:
    read = dissect(ERROR)
    choices = dict.fromkeys(branches_below(read, ("icmp 1", "icmp.ext 1")), True)

    lines = tree_lines(read, choices)

    assert len(choices) == 4
    assert sum(1 for line in lines if line.label == "label") == 2


def test_a_long_list_of_groups_is_closed_and_its_lines_are_made_when_looked_at() -> None:
    options = bytes.fromhex("0802" * 18)  # options of timestamps that hold none: groups side by side
    lines = tree_lines(dissect(tcp_probe(4, options)), {("ip 1",): True})

    groups = [line for line in lines if line.depth == 2 and line.is_branch]
    assert len(groups) == 18
    assert not any(line.is_open for line in groups)
    assert isinstance(lines, TreeLines)
    assert lines[3] is lines[3]


def test_notes_and_bad_checksums_deserve_a_look_in_their_order() -> None:
    wrong = with_field(ERROR[:60], 8 * 8, 9 * 8, 1)

    found = issues(dissect(wrong))

    assert [byte for byte, _ in found] == sorted(byte for byte, _ in found)
    assert any(path[0] == "ip 1" for _, path in found)
    assert not issues(dissect(udp_probe(4)))


def test_a_quotation_that_ends_early_is_marked_where_it_ends() -> None:
    lines = tree_lines(dissect(error(4, udp_probe(4)[:30])), {})

    note = next(line for line in lines if line.note is not None)
    assert note.shown == "the quotation ends here: 30 of 52 bytes"
    assert note.start_bit == (28 + 29) * 8


def test_a_header_that_is_cut_is_marked() -> None:
    lines = tree_lines(dissect(error(4, udp_probe(4)[:22])), {})

    assert [line.label for line in lines if line.is_cut] == ["quoted UDP"]


def test_a_field_is_told_in_one_line() -> None:
    frame = udp_probe(4)

    assert words(line_of(frame, "udp.checksum")) == "udp.checksum · bytes 26-27 · 0x72ff good · RFC 768"
    assert words(line_of(frame, "ip.flags.df")) == "ip.flags.df · byte 6, bit 1 · 0 not set · RFC 791, section 3.1"
    assert words(line_of(frame, "ip.proto")) == "ip.proto · byte 9 · 17 udp · RFC 791, section 3.1"
    assert words(line_of(ERROR, "ip.flags.df", 1)).startswith("ip.flags.df · byte 34, bit 1 · 0 not set")


def test_a_checksum_that_is_wrong_is_told_with_the_right_one_and_a_note_with_its_weight() -> None:
    wrong = with_field(udp_probe(4), 26 * 8, 28 * 8, 0x1234)
    lines = tree_lines(dissect(wrong), {})
    note = next(line for line in lines if line.note is not None)

    assert "0x1234 bad, should be 0x72ff" in words(line_of(wrong, "udp.checksum"))
    assert words(note).endswith("· byte 26 · error · RFC 768")


def test_the_groups_around_a_field_are_known_to_its_line() -> None:
    flag = line_of(udp_probe(4), "ip.flags.df")

    assert flag.groups == ((48, 51),)
    assert path_to(dissect(udp_probe(4)), 49) == flag.path
