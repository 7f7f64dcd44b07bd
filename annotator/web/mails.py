"""The messages that pages send: an invitation, and a link that verifies an address."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from annotator.models import User
from annotator.services.accounts import accounts, mail
from annotator.services.workspaces.invitations import VALID_FOR, Invited
from annotator.web.display_names import role_name


def absolute(request: HttpRequest, path: str) -> str:
    """Return a path of this server as an address: under ANNOTATOR_PUBLIC_URL, otherwise under the request's host."""
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


def send_invitation(request: HttpRequest, invited: Invited) -> bool:
    """Send an invitation to its verified or given address and return whether there is one to send it to."""
    invitation, person = invited.invitation, invited.invitation.user
    if person is not None:
        to, path = person.email if person.email_verified_at else "", "/"
    else:
        to, path = invitation.email, reverse("invitation", args=[invited.mail_secret or "-"])
    if not to or not settings.SENDS_EMAIL:
        return False
    facts = {
        "inviter": invitation.invited_by.shown_name if invitation.invited_by else "",
        "workspace": str(invitation.workspace),
        "role": role_name(invitation.role),
        "link": absolute(request, path),
        "days": VALID_FOR.days,
    }
    subject = _("Invitation to %(workspace)s") % facts
    text = (
        _(
            "%(inviter)s invites you to the workspace %(workspace)s in Annotator, as %(role)s.\n\n"
            "Accept or decline within %(days)d days:\n%(link)s\n\n"
            "If you do not know the sender, ignore this message."
        )
        % facts
    )
    mail.send(to=to, subject=" ".join(subject.split()), text=text)
    return True


def send_verification(request: HttpRequest, user: User) -> None:
    """Send the link that verifies the address of a person."""
    path = reverse("account-email-verify", args=[accounts.email_token(user=user)])
    facts = {"name": user.username, "link": absolute(request, path)}
    text = (
        _(
            "The account %(name)s in Annotator gave this e-mail address. "
            "If it is yours, open this link within a day, signed in as %(name)s:\n%(link)s\n\n"
            "If it is not your account, ignore this message: the address is not used."
        )
        % facts
    )
    mail.send(to=user.email, subject=_("Verify your e-mail address"), text=text)
