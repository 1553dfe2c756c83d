"""What goes over the wire and what comes back, without a wire."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import errors
from bot.seedream import wire
from bot.seedream.request import ImageRequest, Reference

REQUEST = ImageRequest(model="m", prompt="a fox", size="2K")


def test_only_what_is_set_is_sent() -> None:
    assert wire.fields(REQUEST) == {"model": "m", "prompt": "a fox", "size": "2K"}


def test_every_field_of_the_page_is_sent_when_set() -> None:
    request = ImageRequest(
        model="m",
        prompt="a fox",
        size="2048x2048",
        pictures=3,
        watermark=False,
        guidance_scale=2.5,
        seed=-1,
        output_format="png",
        response_format="b64_json",
    )
    assert wire.fields(request) == {
        "model": "m",
        "prompt": "a fox",
        "size": "2048x2048",
        "sequential_image_generation": "auto",
        "sequential_image_generation_options": {"max_images": 3},
        "watermark": False,
        "guidance_scale": 2.5,
        "seed": -1,
        "output_format": "png",
        "response_format": "b64_json",
    }


@given(st.text(), st.lists(st.binary(max_size=50) | st.text(min_size=1, max_size=20), max_size=4))
def test_the_parts_join_to_the_json_body(prompt: str, given_: list[bytes | str]) -> None:
    request = ImageRequest(
        model="m",
        prompt=prompt,
        size="2K",
        references=tuple(
            Reference("n", path=Path(str(number)), format="png", bytes=len(one))
            if isinstance(one, bytes)
            else Reference("n", url=one)
            for number, one in enumerate(given_)
        ),
    )
    parts = wire.parts(request)
    body = b"".join(
        part if isinstance(part, bytes) else wire.encoded(given_[int(str(part.path))]) for part in parts
    )
    assert len(body) == wire.length(parts)
    document = json.loads(body)
    assert document["prompt"] == prompt
    expected = [
        f"data:image/png;base64,{wire.encoded(one).decode()}" if isinstance(one, bytes) else one
        for one in given_
    ]
    assert document.get("image", []) == expected


def test_an_answer_becomes_pictures() -> None:
    answer = wire.parse_answer(
        {
            "model": "m",
            "created": 1,
            "data": [{"url": "https://x/a?b=%2F", "size": "2048×1024", "new": 1}, {"b64_json": Path("f")}],
            "usage": {"generated_images": 2, "total_tokens": 7},
            "unknown": {"fields": []},
        }
    )
    assert answer.model == "m"
    assert answer.tokens == 7
    assert [made.size for made in answer.pictures] == [(2048, 1024), None]
    assert answer.pictures[0].url == "https://x/a?b=%2F"
    assert answer.pictures[1].path == Path("f")


def test_what_came_back_counts_where_others_failed() -> None:
    moderated = {"error": {"code": "OutputImageSensitiveContentDetected", "message": "no"}}
    answer = wire.parse_answer({"data": [{"url": "u"}, moderated], "error": None})
    assert answer.pictures[0].url == "u"
    assert isinstance(answer.pictures[1].error, errors.ResultModerated)


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({"data": []}, errors.NothingMade),
        ({}, errors.NothingMade),
        ({"data": [{}]}, errors.NothingMade),
        ({"data": ["?"]}, errors.NothingMade),
        ({"data": [{"url": ""}]}, errors.NothingMade),
        ([], errors.OutcomeUnknown),
        (None, errors.OutcomeUnknown),
        ({"error": {"code": "InputTextSensitiveContentDetected", "message": ""}}, errors.PromptModerated),
        ({"error": {"code": "", "message": "?"}, "data": []}, errors.EndpointError),
        ({"data": [{"error": {"code": "OutputImageSensitiveContentDetected"}}]}, errors.ResultModerated),
    ],
)
def test_a_200_that_is_no_success(document: object, error: type[errors.EaselError]) -> None:
    with pytest.raises(errors.EaselError) as caught:
        wire.parse_answer(document)
    assert type(caught.value) is error


def envelope(code: str = "", message: str = "", type_: str = "") -> dict:
    return {"error": {"code": code, "message": message, "type": type_}}


NESTED = json.dumps(envelope("InputImageSensitiveContentDetected.PrivacyInformation", "a face"))


@pytest.mark.parametrize(
    ("status", "document", "error"),
    [
        (400, envelope("InvalidParameter"), errors.RequestRefused),
        (400, envelope("MissingParameter"), errors.RequestRefused),
        (400, envelope("InvalidImageURL"), errors.RequestRefused),
        (400, envelope("InputTextSensitiveContentDetected.PolicyViolation"), errors.PromptModerated),
        (400, envelope("InputImageSensitiveContentDetected.DeepFake"), errors.ReferenceModerated),
        (400, envelope("OutputImageSensitiveContentDetected"), errors.ResultModerated),
        (400, envelope("SensitiveContentDetected"), errors.PromptModerated),
        (401, envelope("AuthenticationError"), errors.KeyRefused),
        (401, envelope(), errors.KeyRefused),
        (403, envelope("AccountOverdueError"), errors.OutOfMoney),
        (403, envelope("insufficient_user_quota"), errors.OutOfMoney),
        (403, envelope("pre_consume_token_quota_failed"), errors.OutOfMoney),
        (403, envelope("AccessDenied"), errors.KeyRefused),
        (404, envelope("ModelNotOpen"), errors.ModelUnavailable),
        (404, envelope("InvalidEndpointOrModel.NotFound"), errors.ModelUnavailable),
        (429, envelope("RateLimitExceeded"), errors.TooFast),
        (429, envelope("ModelAccountIpmRateLimitExceeded"), errors.TooFast),
        (429, envelope("ServerOverloaded"), errors.TooFast),
        (429, envelope("QuotaExceeded"), errors.AllowanceUsedUp),
        (429, envelope("SetLimitExceeded"), errors.AllowanceUsedUp),
        (500, envelope("InternalServiceError"), errors.OutcomeUnknown),
        (500, envelope("invalid_request"), errors.RequestRefused),
        (500, envelope("", "", "invalid_request"), errors.RequestRefused),
        (503, envelope("model_not_found"), errors.ModelUnavailable),
        (503, envelope("", "no available channel for group default and model X"), errors.ModelUnavailable),
        (503, envelope(), errors.OutcomeUnknown),
        (504, "gateway time-out", errors.OutcomeUnknown),
        (524, None, errors.OutcomeUnknown),
        (
            500,
            envelope("upstream_error", f"bad response: {NESTED} (request id: 1)"),
            errors.ReferenceModerated,
        ),
        (400, {"error": "just text"}, errors.RequestRefused),
        (418, envelope("Teapot"), errors.RequestRefused),
        (400, {"code": "InvalidParameter", "message": "no envelope"}, errors.RequestRefused),
    ],
)
def test_error_answers_are_what_they_say(status: int, document: object, error: type) -> None:
    found = wire.error_from(status, document, "Seedream X")
    assert type(found) is error
    assert found.text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["data", "error", "url", "b64_json", "size", "code", "message", "usage", "total_tokens"]),
        inner,
        max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@given(json_values)
def test_any_json_is_an_answer_or_an_error_of_the_tree(document: object) -> None:
    try:
        answer = wire.parse_answer(document)
    except errors.EaselError as error:
        assert error.text
    else:
        assert any(made.error is None for made in answer.pictures)


@given(st.integers(300, 599), json_values)
def test_any_refusal_is_an_error_of_the_tree(status: int, document: object) -> None:
    found = wire.error_from(status, document)
    assert found.text
    if status >= 500 and isinstance(document, int | None):
        assert isinstance(found, errors.OutcomeUnknown)  # never bought again by itself
