"""Pages of the echo server; see echo_settings.py."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from annotator.urls import urlpatterns as ours

_told: list[dict[str, object]] = []
_open = 0
_lock = threading.Lock()


@csrf_exempt
def echo(request: HttpRequest) -> HttpResponse:
    _told.append({"path": request.path, "size": len(request.body)})
    return HttpResponse(request.body)


def told(request: HttpRequest) -> HttpResponse:
    return JsonResponse(_told, safe=False)


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def produce() -> Iterator[bytes]:
        global _open
        with _lock:
            _open += 1
        try:
            for _ in range(int(request.GET["megabytes"]) * 16):
                yield b"s" * 65536
        finally:
            with _lock:
                _open -= 1

    return StreamingHttpResponse(produce())


def streams(request: HttpRequest) -> HttpResponse:
    return JsonResponse(_open, safe=False)


def boom(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("boom")


def who(request: HttpRequest) -> HttpResponse:
    return JsonResponse(
        [
            request.META["REMOTE_ADDR"],
            request.scheme,
            request.get_host(),
            "HTTP_X_FORWARDED_FOR" in request.META,
        ],
        safe=False,
    )


def header(request: HttpRequest) -> HttpResponse:
    return JsonResponse(request.META.get(request.GET["name"]), safe=False)


urlpatterns = [
    path("echo/", echo),
    path("told/", told),
    path("stream/", stream),
    path("streams/", streams),
    path("boom/", boom),
    path("who/", who),
    path("header/", header),
    *ours,
]
