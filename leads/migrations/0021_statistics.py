"""A large import tells the planner how large its tables have become.

The application's role may not ANALYZE. Without it a new installation's first file runs on plans of
empty tables until autovacuum comes by: each check of a foreign key then reads the organisation's
whole table. Only tables that have doubled are looked at, so asking often costs nothing.
"""

from django.db import migrations

REFRESH = """
CREATE FUNCTION public.refresh_statistics(tables text[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  one text;
  done integer := 0;
BEGIN
  FOR one IN
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname = ANY (tables)
    AND pg_relation_size(c.oid) / current_setting('block_size')::int > 2 * greatest(c.relpages, 4)
    ORDER BY c.relname
  LOOP
    EXECUTE format('ANALYZE (SKIP_LOCKED) public.%I', one);
    done := done + 1;
  END LOOP;
  RETURN done;
END $$;
REVOKE EXECUTE ON FUNCTION public.refresh_statistics(text[]) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("leads", "0020_collisions_by_api")]

    operations = [
        migrations.RunSQL(REFRESH, "DROP FUNCTION public.refresh_statistics(text[])"),
    ]
