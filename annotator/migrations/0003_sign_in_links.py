"""Sign-in links end with a change of the password; links made before have no hash and keep their few minutes or days."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotator", "0002_security_log")]

    operations = [
        migrations.AddField(
            model_name="signinlink",
            name="auth_hash",
            field=models.CharField(blank=True, default="", max_length=128),
        ),
    ]
