"""Replies and mentions are understood as they are typed, and prose stays prose."""

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import errors
from bot.seedream import catalogue
from bot.seedream.catalogue import Catalogue
from bot.seedream.wishes import Wishes
from bot.seedream.words import Said, describe, model_id, suggest, understand, wishes, with_roles

FOX = "a fox"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # each name, long and short
        ("a fox --aspect 16:9", {"aspect": "16:9"}),
        ("a fox --ar 16:9", {"aspect": "16:9"}),
        ("a fox --ratio 2:3", {"aspect": "2:3"}),
        ("a fox --aspect-ratio 2:3", {"aspect": "2:3"}),
        ("a fox --size 4K", {"size": "4K"}),
        ("a fox --s 1.5k", {"size": "1.5K"}),
        ("a fox --size 2048x1536", {"size_exact": "2048x1536"}),
        ("a fox --size-exact 2048X1536", {"size_exact": "2048x1536"}),
        ("a fox --size_exact 2048 × 1536", {"size_exact": "2048x1536"}),
        ("a fox --size-exact 2K", {"size": "2K"}),
        ("a fox --model pro", {"model": "pro"}),
        ("--model Seedream 5.0 pro a fox", {"model": "Seedream 5.0 pro"}),
        ("--m seedream 4.5 a fox", {"model": "seedream 4.5"}),
        ("a fox --count 3", {"count": 3}),
        ("a fox --n 1", {"count": 1}),
        ("a fox --format png", {"format": "png"}),
        ("a fox --f .JPG", {"format": "jpeg"}),
        ("a fox --guidance-scale 2.5", {"guidance_scale": 2.5}),
        ("a fox --guidance 2,5", {"guidance_scale": 2.5}),
        ("a fox --g 10", {"guidance_scale": 10.0}),
        ("a fox --seed 7", {"seed": 7}),
        ("a fox --seed -1", {"seed": -1}),
        ("a fox --watermark", {"watermark": True}),
        ("a fox --wm on", {"watermark": True}),
        ("a fox --watermark False", {"watermark": False}),
        ("a fox --watermark=no", {"watermark": False}),
        ("--watermark off a fox", {"watermark": False}),
        ("--watermark a fox", {"watermark": True}),
        ("a fox --no-watermark", {"watermark": False}),
        ("--no_watermark a fox", {"watermark": False}),
        ("--use-tray a fox", {"use_tray": True}),
        ("a fox --use_tray no", {}),
        # how it may be written
        ("a fox --ASPECT 16:9", {"aspect": "16:9"}),
        ("a fox --Guidance_Scale 3", {"guidance_scale": 3.0}),
        ("a fox --guidanceScale 3", {"guidance_scale": 3.0}),
        ("a fox --aspect=16:9", {"aspect": "16:9"}),
        ("a fox --aspect = 16:9", {"aspect": "16:9"}),
        ("a fox --aspect: 16:9", {"aspect": "16:9"}),
        ("a fox --aspect 16/9", {"aspect": "16:9"}),
        ("a fox --aspect 16 : 9", {"aspect": "16:9"}),
        ("a fox --aspect １６：９", {"aspect": "16:9"}),
        ('a fox --aspect "16:9"', {"aspect": "16:9"}),
        ("a fox --aspect “16:9”", {"aspect": "16:9"}),
        ("a fox --aspect «16:9»", {"aspect": "16:9"}),
        ("a fox --model ‘Seedream 4.0’", {"model": "Seedream 4.0"}),
        ('a fox --model="my own model"', {"model": "my own model"}),
        # what phones make of two dashes
        ("a fox —aspect 16:9", {"aspect": "16:9"}),
        ("a fox –aspect 16:9", {"aspect": "16:9"}),
        ("a fox –– aspect 16:9 ––aspect 16:9", None),
        ("a fox ––aspect 16:9", {"aspect": "16:9"}),
        ("—Aspect 16:9 —Size 4k a fox", {"aspect": "16:9", "size": "4K"}),
        ("a fox —seed –1", {"seed": -1}),
        ("a fox —n 3 —s 4K", {"count": 3, "size": "4K"}),
        ("—watermark a fox", {"watermark": True}),
        # one dash, where it can be nothing else
        ("a fox -n 3", {"count": 3}),
        ("-ar 16:9 a fox", {"aspect": "16:9"}),
        ("a fox -wm off", {"watermark": False}),
        # where it stands
        ("a --size 4K fox --ar 1:1", {"size": "4K", "aspect": "1:1"}),
        ("a fox, --ar 16:9", {"aspect": "16:9"}),
        ("a fox, --ar 16:9, --n 2", {"aspect": "16:9", "count": 2}),
        ("--ar 16:9, a fox", {"aspect": "16:9"}),
        ("--ar 16:9\na fox\n--n 2", {"aspect": "16:9", "count": 2}),
        ("  a \t fox   --seed\u00a07 ", {"seed": 7}),
    ],
)
def test_parameters_are_understood_and_leave_the_prompt(text: str, said: dict[str, Any] | None) -> None:
    if said is None:
        assert understand(text).prompt == "a fox –– aspect 16:9"
    else:
        assert understand(text) == Said(FOX, **said)


@pytest.mark.parametrize(
    "prose",
    [
        "a -- b",
        "night — and rain",
        "night —and rain",
        "night – and rain",
        "the fox –running fast– jumps",
        "—Hola, dijo",
        "—привет",
        "a well-known, half-timbered house",
        "it is -5 degrees, minus -x",
        "a list\n-a dog\n-some cat\n- n 3",
        "-s large, -n many, -f fox, -g, -m airplane, -watermark, -seed",
        "https://example.com/a--b?c=--d see--saw",
        "(--aspect)",
        "--5 --, -- --",
        "«--n 3» said she",
        "—s, —n, —m and —x",
        "image 1 wears the hat of image 2",
        "#ff0000 #222 #22 #2a #0 #16 a#2 &#2; <#2> ##2 #2.5 \\#2",
        "me@1.com <@1> <@&2> @15 @1st @everyone @a @1.com",
        "remove the second fox on the last day, wait a second, at first, the second-hand car",
        "add a second picture on the wall and another second one",
        "the second to last one, the second-to-last picture, the first two, the last two pictures",
        "the second one of them, the second one from the left",
        "paint “4K”\n\nin gold",
    ],
)
def test_prose_stays_as_it_is(prose: str) -> None:
    assert understand(prose) == Said(prose)


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("make it night, --ar 16:9, please", "make it night, please"),
        ("make it night --ar 16:9.", "make it night."),
        ("make it night, --ar 16:9 with rain", "make it night, with rain"),
        ("(make it night --ar 16:9)", "(make it night)"),
        ("one\n\n\n\ntwo --ar 1:1  \n three", "one\n\ntwo\nthree"),
        ('--watermark "AI" in gold --ar 1:1', '"AI" in gold'),
        ("--ar 1:1", ""),
        ("", ""),
    ],
)
def test_what_is_left_reads_well(text: str, prompt: str) -> None:
    assert understand(text).prompt == prompt


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        ("--apsect 16:9", errors.ParameterUnknown, "--apsect. Did you mean --aspect?"),
        ("a fox --Szie 4K", errors.ParameterUnknown, "--size?"),
        ("a fox —apsect 16:9", errors.ParameterUnknown, "--aspect?"),
        ("--guidence 3", errors.ParameterUnknown, "--guidance-scale?"),
        ("--tray", errors.ParameterUnknown, "--use-tray?"),
        ("--stylize=raw", errors.ParameterUnknown, "--size?"),
        ("--no people", errors.ParameterUnheardOf, "--no. I understand --aspect,"),
        ("--v6", errors.ParameterUnheardOf, "--v6"),
        ("--" + "x" * 3000, errors.ParameterUnheardOf, "x…"),
        ("--аспект 16:9", errors.ParameterUnheardOf, "--аспект"),
        ("––and so on", errors.ParameterUnheardOf, "--and"),
        ("--seed", errors.ValueMissing, "after --seed"),
        ("--seed --n 2", errors.ValueMissing, "after --seed"),
        ("--ar=", errors.ValueMissing, "16:9"),
        ("--ar , fox", errors.ValueMissing, "16:9"),
        ('--model ""', errors.ValueMissing, "Seedream 4.5"),
        ("--watermark=", errors.ValueMissing, "yes or no"),
        ("--seed\n7", errors.ValueMissing, "after --seed"),
        ("--aspect 5:4", errors.AspectNotUnderstood, "5:4"),
        ("--aspect wide", errors.AspectNotUnderstood, "wide"),
        ("—aspect wide", errors.AspectNotUnderstood, "wide"),
        ("-ar 5:4", errors.AspectNotUnderstood, "5:4"),
        ("--size huge", errors.SizeNotUnderstood, "huge"),
        ("--size 2048x", errors.SizeNotUnderstood, "2048x"),
        ("--count 5", errors.CountOutOfRange, "5 is outside"),
        ("-n 5", errors.CountOutOfRange, "5 is outside"),
        ("--count 0", errors.CountOutOfRange, "0 is outside"),
        ("--count two", errors.ValueNotUnderstood, "«two» after --count. Write a number from 1 to 4"),
        ("--count 2.5", errors.ValueNotUnderstood, "2.5"),
        ("--seed 2147483648", errors.SeedOutOfRange, "2147483648"),
        ("--seed -2", errors.SeedOutOfRange, "-2"),
        ("--seed " + "9" * 3000, errors.ValueNotUnderstood, "a whole number"),
        ("--guidance 11", errors.GuidanceOutOfRange, "11"),
        ("--guidance nan", errors.GuidanceOutOfRange, "nan"),
        ("--guidance much", errors.ValueNotUnderstood, "after --guidance-scale"),
        ("--format webp", errors.ValueNotUnderstood, "jpeg or png"),
        ("--watermark=maybe", errors.ValueNotUnderstood, "yes or no"),
        ("--n 2 --count 2", errors.ParameterTwice, "--count twice"),
        ("--watermark --no-watermark", errors.ParameterTwice, "--no-watermark twice"),
        ("--size 4K --size 2048x1536", errors.ParameterTwice, "--size twice"),
        ("--size 2048x1536 --size-exact 2048x1536", errors.ParameterTwice, "--size-exact twice"),
    ],
)
def test_what_is_not_understood_is_told(text: str, error: type[errors.BadRequest], told: str) -> None:
    with pytest.raises(error) as caught:
        understand(text)
    assert type(caught.value) is error
    assert told in caught.value.text
    assert len(caught.value.text) < 300


@pytest.mark.parametrize(
    ("text", "picks", "prompt"),
    [
        # alone: taken out
        ("#2", (2,), ""),
        ("#2 make it night", (2,), "make it night"),
        ("#2: make it night", (2,), "make it night"),
        ("#2 - make it night", (2,), "make it night"),
        ("make it night, #2", (2,), "make it night"),
        ("make it night. #2", (2,), "make it night."),
        ("make it night (#2)", (2,), "make it night"),
        ("make it night\n#2", (2,), "make it night"),
        ("#3, #1 and #3 in one frame", (3, 1), "in one frame"),
        ("#1 #15 in one frame", (1, 15), "in one frame"),
        ("--ar 1:1 #2 make it night", (2,), "make it night"),
        ("the second", (2,), ""),
        ("The second: make it night", (2,), "make it night"),
        ("the last, at night", (-1,), "at night"),
        ("second picture, at night", (2,), "at night"),
        ("make it night, the 3rd one", (3,), "make it night"),
        # what an opening verb is about: «it»
        ("make the second one night", (2,), "make it night"),
        ("Make the second darker", (2,), "Make it darker"),
        ("please turn the last picture into a painting", (-1,), "please turn it into a painting"),
        ("make #2 night", (2,), "make it night"),
        ("use the second", (2,), "use it"),
        ("make 2nd image night", (2,), "make it night"),
        ("use the second and the fourth picture", (2, 4), "use them"),
        # in any other sentence: the references, which are in the order of the picks
        ("#2's fox in red", (2,), "image 1's fox in red"),
        ("#2 is too dark", (2,), "image 1 is too dark"),
        ("combine #2 and #3", (2, 3), "combine image 1 and image 2"),
        ("combine #4, #2 & the last", (4, 2, -1), "combine image 1, image 2 & image 3"),
        ("make #3 look like #1", (3, 1), "make image 1 look like image 2"),
        ("#3 with the colours of #1", (3, 1), "image 1 with the colours of image 2"),
        ("#2, as #1 is: #2 at night", (2, 1), "image 1, as image 2 is: image 1 at night"),
        ("I like the second picture, but at night", (2,), "I like image 1, but at night"),
        ("the second but at night", (2,), "image 1 but at night"),
        ("the first and the third pictures in one frame", (1, 3), "image 1 and image 2 in one frame"),
        ("make the last like the first", (-1, 1), "make image 1 like image 2"),
        # one number alone inside may be anybody's: «jersey #4»
        ("make it night #2", (2,), "make it night #2"),
    ],
)
def test_picks(text: str, picks: tuple[int, ...], prompt: str) -> None:
    said = understand(text)
    assert (said.picks, said.prompt) == (picks, prompt)


@pytest.mark.parametrize(
    ("text", "pictures", "picks"),
    [
        ("a player in jersey #10", 4, ()),
        ("a player in jersey #4", 4, (4,)),
        ("#9 make it night", 4, (9,)),  # alone: the caller says that there is no ninth
        ("#1 dad mug", 0, ()),
        ("two foxes, the second one red", 0, ()),
        ("two foxes, the second one red", 1, ()),
        ("remove the last one", 1, ()),
        ("remove the last one", 2, (-1,)),
        ("make the third one night", 2, ()),
        ("#1 make it night", 1, (1,)),
    ],
)
def test_words_pick_only_among_the_pictures_there_are(text: str, pictures: int, picks: tuple) -> None:
    said = understand(text, pictures)
    assert said.picks == picks
    if not picks:
        assert said.prompt == text


def test_the_last_is_the_picture_of_that_number() -> None:
    assert understand("make the last like #4, and #4 like #1", 4).prompt == (
        "make image 1 like image 1, and image 1 like image 2"
    )


def test_tray_pictures_are_told_in_their_order_and_stay_in_the_prompt() -> None:
    said = understand("@3's fox on @1, like (@3), @14 and @15 --ar 1:1")
    assert said == Said("@3's fox on @1, like (@3), @14 and @15", aspect="1:1", tray=(3, 1, 14))
    assert with_roles(said.prompt, {3: 1, 1: 2}) == "image 1's fox on image 2, like (image 1), @14 and @15"
    assert with_roles("<@1> me@1.com @1", {1: 1}) == "<@1> me@1.com image 1"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("pro", "Seedream 5.0 pro"),
        ("5.0", "Seedream 5.0"),
        ("5.0-PRO", "Seedream 5.0 pro"),
        ("Seedream 4.5", "Seedream 4.5"),
        ("seedream-4-5", "Seedream 4.5"),
        ("doubao-seedream-4-0-250828", "Seedream 4.0"),
        ("t2i", "Seedream 3.0"),
    ],
)
def test_models_are_found_by_what_people_call_them(written: str, name: str) -> None:
    models = Catalogue()
    assert models[model_id(written, models)].name == name


@pytest.mark.parametrize("written", ["seedream", "4", "midjourney", "", "—"])
def test_a_model_that_is_none_or_several_is_told(written: str) -> None:
    with pytest.raises(errors.ModelNotUnderstood, match=r"Seedream 5\.0 pro"):
        model_id(written, Catalogue(["my-model"]))


def test_the_owners_models_are_found_too() -> None:
    assert model_id("My Model", Catalogue(["my-model"])) == "my-model"


PARENT = Wishes("a fox", aspect="16:9", size="4K", model="m", count=3, format="png", watermark=False, seed=7)
EXACT = Wishes("a fox", size_exact="2048x1536")


@pytest.mark.parametrize(
    ("text", "kept", "shape"),
    [
        ("night", None, (None, None, None)),
        ("night", PARENT, ("16:9", "4K", None)),
        ("night", EXACT, (None, None, "2048x1536")),
        ("night --ar 1:1", PARENT, ("1:1", "4K", None)),
        ("night --size 2K", PARENT, ("16:9", "2K", None)),
        ("night --size 3000x2000", PARENT, (None, None, "3000x2000")),
        ("night --size 3000x2000", EXACT, (None, None, "3000x2000")),
        ("night --ar 1:1", EXACT, ("1:1", None, None)),
        ("night --size 2K", EXACT, ("4:3", "2K", None)),  # the ratio it has
        ("night --size 2K", replace(EXACT, size_exact="2000x1900"), (None, "2K", None)),
        ("night --size 3000x2000 --ar 1:1", PARENT, ("1:1", None, "3000x2000")),  # refused by the request
    ],
)
def test_ratio_and_size_are_kept_unless_the_words_say_otherwise(
    text: str, kept: Wishes | None, shape: tuple
) -> None:
    made = wishes(understand(text), kept)
    assert (made.aspect, made.size, made.size_exact) == shape


def test_what_was_said_wins_and_the_rest_of_the_parent_is_kept() -> None:
    assert wishes(understand("night"), PARENT) == replace(PARENT, prompt="night", count=1, seed=None)
    text = "night --model n --count 2 --format jpeg --watermark --seed 1 --guidance 2"
    assert wishes(understand(text), PARENT) == Wishes(
        "night", "16:9", "4K", None, "n", 2, "jpeg", True, 2.0, 1
    )
    assert wishes(understand("night"), None) == Wishes("night")


def test_every_vendor_size_has_the_ratio_it_stands_for() -> None:
    for model in Catalogue():
        for sizes in model.presets.values():
            for aspect, (width, height) in sizes.items():
                kept = Wishes("", size_exact=f"{width}x{height}")
                assert wishes(understand("night --size 2K"), kept).aspect == aspect


def test_the_nearest_name() -> None:
    assert suggest("--apsect") == "aspect"
    assert suggest("WATERMARKS") == "watermark"
    assert suggest("qqq") == suggest("") == suggest("no") == ""


def test_the_sentence_for_unheard_names_lists_every_parameter() -> None:
    for name in (
        *(field for field in vars(Said("")) if field not in {"prompt", "picks", "tray"}),
        "no-watermark",
    ):
        assert f"--{name.replace('_', '-')}" in errors.ParameterUnheardOf.sentence


def test_what_describes_a_slash_command_is_understood() -> None:
    assert describe(Wishes("a fox")) == ""
    assert describe(Wishes("a fox", aspect="16:9", size="4K")) == "--aspect 16:9 --size 4K"
    assert describe(Wishes("a fox", size_exact=" 2048 X 1536 ")) == "--size-exact 2048x1536"
    assert describe(Wishes("a fox", size_exact="4k")) == "--size 4K"
    assert describe(Wishes("a fox", model="Seedream 4.5")) == '--model "Seedream 4.5"'


# ------------------------------------------------------------------ for any words

plain = st.lists(
    st.from_regex(r"[a-zé]{1,9}[,.!]?(-[a-z]{1,5})?", fullmatch=True)
    | st.sampled_from(["—", "--", "–", "-5", "狐", "image 1", "x--y", "16:9", "4K", "🦊"]),
    min_size=1,
).map(lambda words: " ".join([*words, "fox"]))
wished = st.builds(
    Wishes,
    prompt=plain,
    aspect=st.none() | st.sampled_from(catalogue.ASPECTS),
    size=st.none() | st.sampled_from(catalogue.PRESETS),
    size_exact=st.none() | st.builds("{}x{}".format, st.integers(1, 99999), st.integers(1, 99999)),
    model=st.none() | st.sampled_from(["pro", "Seedream 4.5", "my model, too", "a.b-c_d", "«x»", "5.0."]),
    count=st.integers(1, catalogue.COUNT_LIMIT),
    format=st.sampled_from([None, "jpeg", "png"]),
    watermark=st.sampled_from([None, True, False]),
    guidance_scale=st.none() | st.floats(*catalogue.GUIDANCE),
    seed=st.none() | st.integers(*catalogue.SEEDS),
)
FLAGS = (
    "--aspect 16:9", "—s 4K", "--model Seedream 4.5", "-n 3", "––format=png", "--no-watermark", "--g 2,5",
    "—Seed -1", "--use_tray",
)  # fmt: skip
typed = st.text() | st.lists(
    st.sampled_from([*"-—–−=: \n,.;#@()'\"“«", "--", *FLAGS, "the second", "one", "#2", "@1", "make", "x", "7", "no"])
    | st.text(max_size=3)
).map("".join)  # fmt: skip


@settings(deadline=None)
@given(typed, st.integers(0, 15))
def test_any_text_is_understood_or_refused_with_a_sentence(text: str, pictures: int) -> None:
    try:
        said = understand(text, pictures)
    except errors.BadRequest as error:
        assert error.text
        return
    assert said.prompt == said.prompt.strip()
    assert all(pick == -1 or 1 <= pick <= 15 for pick in said.picks)
    if said == Said(said.prompt):
        assert said.prompt.split() == text.split()
        assert understand(said.prompt, pictures) == said


@settings(max_examples=60, deadline=None)
@given(plain, st.permutations(FLAGS), st.data())
def test_parameters_leave_every_word_wherever_they_stand_and_in_any_order(
    prompt: str, flags: list[str], data: st.DataObject
) -> None:
    words = prompt.split()
    places = data.draw(st.lists(st.integers(0, len(words) - 1), min_size=len(flags), max_size=len(flags)))
    for place, flag in sorted(zip(places, flags, strict=True), reverse=True):
        words.insert(place, flag)
    said = understand(" ".join(words), 0)
    assert said.prompt.replace(",", "") == prompt.replace(",", "")
    assert replace(said, prompt="") == understand(" ".join(FLAGS))


@settings(max_examples=60, deadline=None)
@given(wished)
def test_what_is_described_is_understood_again(wish: Wishes) -> None:
    for text in (f"{wish.prompt} {describe(wish)}", f"{describe(wish)} {wish.prompt}"):
        assert wishes(understand(text, 0), None) == wish


@pytest.mark.parametrize(
    "piece",
    ["—x ", "-n ", "#2 ", "the second ", "the second and ", "@1", " ", "«", "'", "--", "#2,", "please "],
)
def test_long_messages_are_read_at_once(piece: str) -> None:
    text = (piece * 4000)[:4000]
    began = time.process_time()
    understand(text)
    assert time.process_time() - began < 1
