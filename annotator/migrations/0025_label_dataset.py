from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def set_datasets(apps, schema_editor):
    label, item = apps.get_model('annotator', 'Label'), apps.get_model('annotator', 'DatasetItem')
    home = item.all_objects.filter(media=OuterRef('media_id'), is_home=True).values('dataset_id')
    label.all_objects.update(dataset=Subquery(home))


class Migration(migrations.Migration):

    dependencies = [
        ('annotator', '0024_numbers'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='label',
            name='label_by_concept',
        ),
        migrations.RemoveIndex(
            model_name='label',
            name='label_by_author',
        ),
        migrations.AddField(
            model_name='label',
            name='dataset',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=models.DO_NOTHING, related_name='+', to='annotator.dataset'),
        ),
        migrations.RunPython(set_datasets, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name='label',
            index=models.Index(condition=models.Q(('error', ''), ('trashed_at__isnull', True)), fields=['project', 'concept', 'z', 'created_at', 'id', 'created_by', 'dataset'], name='label_by_concept'),
        ),
        migrations.AddIndex(
            model_name='label',
            index=models.Index(condition=models.Q(('error', ''), ('trashed_at__isnull', True)), fields=['project', 'created_by', 'z', 'created_at', 'id', 'concept', 'dataset'], name='label_by_author'),
        ),
        migrations.AddIndex(
            model_name='label',
            index=models.Index(condition=models.Q(('error', ''), ('trashed_at__isnull', True)), fields=['project', 'dataset', 'z', 'created_at', 'id', 'concept', 'created_by'], name='label_by_dataset'),
        ),
    ]
