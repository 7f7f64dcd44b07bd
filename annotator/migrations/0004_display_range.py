from django.db import migrations, models
from django.db.models import Q


def forget_renditions_of_deep_images(apps, schema_editor):
    """Remove the renditions of images with more than 8 bits: they are made again, by a display range, when they are asked for."""
    is_deep = Q(media__mode__startswith="I") | Q(media__mode="F")
    apps.get_model("annotator", "Rendition").objects.filter(is_deep).delete()


class Migration(migrations.Migration):

    dependencies = [
        ("annotator", "0003_sign_in_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="media",
            name="display_range",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.RunPython(forget_renditions_of_deep_images, migrations.RunPython.noop),
    ]
