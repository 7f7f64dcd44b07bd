"""Custom Vision's credentials: an API token in the header Training-Key, or in Prediction-Key where predictions are asked."""

from __future__ import annotations

from api.common.authentication import TokenAuthentication


class CustomVisionAuthentication(TokenAuthentication):
    header = "Training-Key"
    scheme_name = "CustomVisionKey"
    scheme = {"type": "apiKey", "in": "header", "name": "Training-Key"}


class PredictionAuthentication(TokenAuthentication):
    header = "Prediction-Key"
    scheme_name = "CustomVisionPredictionKey"
    scheme = {"type": "apiKey", "in": "header", "name": "Prediction-Key"}
