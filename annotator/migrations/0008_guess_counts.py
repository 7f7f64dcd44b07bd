"""Counts of failed guesses of passwords."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('annotator', '0007_job_begun'),
    ]

    operations = [
        migrations.CreateModel(
            name='GuessCount',
            fields=[
                ('key', models.CharField(max_length=50, primary_key=True, serialize=False)),
                ('count', models.PositiveIntegerField()),
                ('ends_at', models.DateTimeField(db_index=True)),
            ],
        ),
    ]
