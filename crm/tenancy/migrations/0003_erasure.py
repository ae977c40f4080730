"""What the database itself says about deleting an organisation.

The application's role may neither delete an organisation nor let one be erased sooner than in a
week. Erasing is done by two functions of the owner that look at the date themselves, and only
they may touch append-only tables. The owner (a database administrator) is not held to the week.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION public.guard_organization() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'organisations are erased by erase_tenant alone'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.delete_after IS DISTINCT FROM OLD.delete_after
     AND NEW.delete_after < now() + interval '7 days' - interval '1 minute' THEN
    RAISE EXCEPTION 'an organisation is kept for a week after its deletion was asked for'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_organization BEFORE UPDATE OR DELETE ON public.tenancy_organization
  FOR EACH ROW EXECUTE FUNCTION public.guard_organization();
"""

ERASE_ROWS = """
CREATE FUNCTION public.erase_tenant_rows(which bigint, tables text[], most integer)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  one text;
  gone bigint;
  total bigint := 0;
  tenant_before text := coalesce(current_setting('app.organization', true), '');
  ignored_before text := coalesce(nullif(current_setting('pgtrigger.ignore', true), ''), '{}');
BEGIN
  PERFORM 1 FROM public.tenancy_organization
    WHERE id = which AND delete_after <= now() FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'organisation % is not due for deletion', which
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('app.organization', which::text, true);
  -- no history of what is erased, and append-only tables let go of theirs
  PERFORM set_config('pgtrigger.ignore', (
    SELECT coalesce(array_agg(tgname::text), '{}')::text FROM pg_trigger
    WHERE NOT tgisinternal AND tgname LIKE 'pgtrigger%'), true);
  FOREACH one IN ARRAY tables LOOP
    PERFORM 1 FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relnamespace = 'public'::regnamespace AND c.relname = one AND c.relkind IN ('r', 'p')
      AND a.attname = 'organization_id' AND NOT a.attisdropped;
    IF NOT FOUND THEN
      RAISE EXCEPTION '% is no table of an organisation', one;
    END IF;
    IF most IS NULL THEN
      EXECUTE format('DELETE FROM public.%I WHERE organization_id = $1', one) USING which;
    ELSE
      EXECUTE format('DELETE FROM public.%1$I WHERE ctid = ANY (ARRAY('
        'SELECT ctid FROM public.%1$I WHERE organization_id = $1 LIMIT $2))', one)
        USING which, most;
    END IF;
    GET DIAGNOSTICS gone = ROW_COUNT;
    total := total + gone;
  END LOOP;
  PERFORM set_config('app.organization', tenant_before, true);
  PERFORM set_config('pgtrigger.ignore', ignored_before, true);
  RETURN total;
END $$;
REVOKE EXECUTE ON FUNCTION public.erase_tenant_rows(bigint, text[], integer) FROM PUBLIC;
"""

ERASE = """
CREATE FUNCTION public.erase_tenant(which bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  one text;
  is_left boolean;
  tenant_before text := coalesce(current_setting('app.organization', true), '');
BEGIN
  PERFORM 1 FROM public.tenancy_organization
    WHERE id = which AND delete_after <= now() FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'organisation % is not due for deletion', which
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('app.organization', which::text, true);
  FOR one IN
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND a.attname = 'organization_id' AND NOT a.attisdropped
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I WHERE organization_id = $1)', one)
      INTO is_left USING which;
    IF is_left THEN
      RAISE EXCEPTION 'organisation % still has rows in %', which, one;
    END IF;
  END LOOP;
  DELETE FROM public.tenancy_organization WHERE id = which;
  PERFORM set_config('app.organization', tenant_before, true);
END $$;
REVOKE EXECUTE ON FUNCTION public.erase_tenant(bigint) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0002_lifecycle")]

    operations = [
        migrations.RunSQL(
            GUARD,
            "DROP TRIGGER guard_organization ON public.tenancy_organization;"
            "DROP FUNCTION public.guard_organization()",
        ),
        migrations.RunSQL(
            ERASE_ROWS, "DROP FUNCTION public.erase_tenant_rows(bigint, text[], integer)"
        ),
        migrations.RunSQL(ERASE, "DROP FUNCTION public.erase_tenant(bigint)"),
    ]
