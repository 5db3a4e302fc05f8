from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("shop", "0003_set_language")]
    operations = [
        migrations.AddField("invoice", "paid_on", models.DateField(null=True)),
    ]
