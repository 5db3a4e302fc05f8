"""A data migration: customers of a German address get German."""

from django.db import migrations


def set_language(apps, schema_editor):
    customers = apps.get_model("shop", "Customer").objects.using(schema_editor.connection.alias)
    customers.filter(email__endswith=".de").update(language="de")
    customers.filter(language__isnull=True).update(language="en")


def forget_language(apps, schema_editor):
    apps.get_model("shop", "Customer").objects.using(schema_editor.connection.alias).update(language=None)


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_customer_language")]
    operations = [migrations.RunPython(set_language, forget_language)]
