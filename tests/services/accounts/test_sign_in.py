"""One-time sign-in links: what ends them."""

from __future__ import annotations

import pytest

from annotator.domain.errors import Missing
from annotator.models import SignInLink
from annotator.services.accounts import accounts, sign_in
from tests.world import World


def test_a_new_link_ends_the_older_ones_of_the_user(w: World) -> None:
    old, of_max, new = (sign_in.make_link(user=user) for user in (w.ann, w.max, w.ann))
    with pytest.raises(Missing):
        sign_in.use_link(secret=old)
    assert sign_in.use_link(secret=new) == w.ann
    assert sign_in.use_link(secret=of_max) == w.max


def test_a_change_of_the_password_ends_links(w: World) -> None:
    secret = sign_in.make_link(user=w.ann)
    accounts.set_password(actor=w.actor(w.ann), old="", new="a long new password")
    with pytest.raises(Missing):
        sign_in.use_link(secret=secret)


def test_a_password_set_past_our_services_ends_links_too(w: World) -> None:
    """The admin site and `manage.py changepassword` change it without us."""
    secret = sign_in.make_link(user=w.ann)
    w.ann.set_password("something else entirely")
    w.ann.save()
    with pytest.raises(Missing):
        sign_in.find_link(secret=secret)


def test_links_of_earlier_releases_work_until_they_end(w: World) -> None:
    secret = sign_in.make_link(user=w.ann)
    SignInLink.objects.update(auth_hash="")
    assert sign_in.use_link(secret=secret) == w.ann
    with pytest.raises(Missing):
        sign_in.use_link(secret=secret)
