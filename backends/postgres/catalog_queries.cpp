#include "backends/postgres/catalog_queries.h"

#include <array>
#include <string_view>

namespace paripassu::postgres {

const char* const kSchemasQuery = R"sql(
SELECT n.oid,
       n.nspname,
       d.description,
       current_database(),
       (SELECT datcollate FROM pg_database WHERE datname = current_database())
FROM pg_namespace n
LEFT JOIN pg_description d ON d.classoid = 'pg_namespace'::regclass AND d.objoid = n.oid AND d.objsubid = 0
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT 1 FROM pg_depend x
                  WHERE x.classid = 'pg_namespace'::regclass AND x.objid = n.oid AND x.deptype = 'e')
)sql";

const char* const kRelationsQuery = R"sql(
SELECT c.oid,
       c.relnamespace,
       c.relname,
       c.relkind,
       c.relpersistence,
       c.relrowsecurity,
       CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
       CASE WHEN c.relispartition THEN
         (SELECT p.relname FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent
          WHERE i.inhrelid = c.oid ORDER BY i.inhseqno LIMIT 1) END,
       CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
       d.description,
       CASE WHEN c.relacl IS NOT NULL THEN
         ARRAY(SELECT CASE WHEN a.grantee = 0 THEN 'public' ELSE a.grantee::regrole::text END || ': ' || a.privilege_type
               FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner ORDER BY 1) END,
       CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,
       CASE WHEN c.relkind = 'v' AND c.reloptions IS NOT NULL THEN
         ARRAY(SELECT o FROM unnest(c.reloptions) o ORDER BY 1) END,
       c.relforcerowsecurity,
       CASE WHEN c.relkind IN ('r', 'f') AND NOT c.relispartition
             AND EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = c.oid) THEN
         ARRAY(SELECT pn.nspname || '.' || p.relname
               FROM pg_inherits i
               JOIN pg_class p ON p.oid = i.inhparent
               JOIN pg_namespace pn ON pn.oid = p.relnamespace
               WHERE i.inhrelid = c.oid ORDER BY i.inhseqno) END
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT 1 FROM pg_depend x
                  WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e')
)sql";

// Composite types (relkind c) have their attributes here too.
const char* const kColumnsQuery = R"sql(
SELECT a.attrelid,
       a.attnum,
       a.attname,
       format_type(a.atttypid, a.atttypmod),
       tn.nspname,
       t.typname,
       t.typtype,
       CASE WHEN a.atttypmod >= 0 OR t.typtype <> 'd' THEN a.atttypmod ELSE t.typtypmod END,
       COALESCE(e.typname, b.typname),
       COALESCE(e.typtype, b.typtype),
       CASE WHEN t.typcategory = 'A' THEN GREATEST(a.attndims, 1) ELSE 0 END,
       a.attnotnull OR (t.typtype = 'd' AND t.typnotnull),
       CASE WHEN ad.oid IS NOT NULL THEN pg_get_expr(ad.adbin, ad.adrelid) END,
       a.attgenerated,
       a.attidentity,
       CASE WHEN a.attcollation <> 0 AND a.attcollation <> t.typcollation THEN co.collname END,
       d.description,
       CASE WHEN NOT co.collisdeterministic THEN
         COALESCE(to_jsonb(co)->>'colllocale', to_jsonb(co)->>'colliculocale', co.collcollate) END
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_namespace tn ON tn.oid = t.typnamespace
LEFT JOIN pg_type e ON t.typcategory = 'A' AND e.oid = t.typelem
LEFT JOIN pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype
LEFT JOIN pg_attrdef ad ON a.atthasdef AND ad.adrelid = a.attrelid AND ad.adnum = a.attnum
LEFT JOIN pg_collation co ON co.oid = a.attcollation
LEFT JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = a.attrelid AND d.objsubid = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY a.attrelid, a.attnum
)sql";

// contype n (NOT NULL as a constraint, PostgreSQL 18) says the same as attnotnull and is left out.
const char* const kConstraintsQuery = R"sql(
SELECT k.conrelid,
       k.conname,
       k.contype,
       k.conkey,
       k.condeferrable,
       k.condeferred,
       k.convalidated,
       {constraint_enforced},
       k.confrelid,
       fn.nspname,
       fc.relname,
       k.confkey,
       k.confupdtype,
       k.confdeltype,
       k.confmatchtype,
       {constraint_set_columns},
       CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END,
       k.conindid,
       d.description,
       k.contype = 'c' AND k.connoinherit
FROM pg_constraint k
JOIN pg_namespace n ON n.oid = k.connamespace
LEFT JOIN pg_class fc ON k.contype = 'f' AND fc.oid = k.confrelid
LEFT JOIN pg_namespace fn ON fn.oid = fc.relnamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_constraint'::regclass AND d.objoid = k.oid AND d.objsubid = 0
WHERE k.contype IN ('p', 'u', 'f', 'c') AND k.conrelid <> 0
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
)sql";

const char* const kIndexesQuery = R"sql(
SELECT i.indexrelid,
       i.indrelid,
       ic.relname,
       am.amname,
       i.indisunique,
       i.indisvalid AND i.indisready AND i.indislive,
       {index_nulls_not_distinct},
       i.indnkeyatts,
       i.indkey,
       i.indoption,
       CASE WHEN 0 = ANY (i.indkey::int2[]) THEN
         ARRAY(SELECT pg_get_indexdef(i.indexrelid, g, true) FROM generate_series(1, i.indnatts) g) END,
       CASE WHEN i.indclass::oid[] && (SELECT array_agg(c.oid) FROM pg_opclass c WHERE NOT c.opcdefault) THEN
         ARRAY(SELECT CASE WHEN c.opcdefault THEN '' ELSE c.opcname::text END
               FROM unnest(i.indclass::oid[]) WITH ORDINALITY u(o, n) JOIN pg_opclass c ON c.oid = u.o ORDER BY u.n) END,
       CASE WHEN NOT i.indcollation::oid[] <@ '{0,100}'::oid[] THEN
         ARRAY(SELECT COALESCE(CASE WHEN u.o <> a.attcollation THEN co.collname::text END, '')
               FROM unnest(i.indcollation::oid[]) WITH ORDINALITY u(o, n)
               LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[u.n - 1]
               LEFT JOIN pg_collation co ON co.oid = u.o ORDER BY u.n) END,
       CASE WHEN i.indpred IS NOT NULL THEN pg_get_expr(i.indpred, i.indrelid) END,
       i.indisclustered,
       i.indisexclusion,
       d.description
FROM pg_index i
JOIN pg_class ic ON ic.oid = i.indexrelid
JOIN pg_am am ON am.oid = ic.relam
JOIN pg_namespace n ON n.oid = ic.relnamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = i.indexrelid AND d.objsubid = 0
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
)sql";

// deptype a: owned by a serial column; i: belongs to an identity column.
const char* const kSequencesQuery = R"sql(
SELECT c.relnamespace,
       c.relname,
       format_type(s.seqtypid, NULL),
       s.seqstart,
       s.seqincrement,
       s.seqmin,
       s.seqmax,
       s.seqcycle,
       s.seqcache,
       dep.deptype,
       dep.refobjid,
       dep.refobjsubid,
       d.description
FROM pg_sequence s
JOIN pg_class c ON c.oid = s.seqrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_depend dep ON dep.classid = 'pg_class'::regclass AND dep.objid = c.oid
      AND dep.refclassid = 'pg_class'::regclass AND dep.deptype IN ('a', 'i')
LEFT JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT 1 FROM pg_depend x
                  WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e')
)sql";

const char* const kTriggersQuery = R"sql(
SELECT t.tgrelid,
       t.tgname,
       t.tgtype,
       t.tgenabled,
       t.tgfoid::regproc::text,
       pg_get_triggerdef(t.oid)
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
)sql";

// prosrc is empty for a body in the SQL standard's form (PostgreSQL 14); the whole definition then stands for it. What
// else decides about the result is part of the hash where it is not what a routine has that was given none of it.
const char* const kRoutinesQuery = R"sql(
SELECT p.pronamespace,
       p.proname,
       p.prokind,
       l.lanname,
       pg_get_function_result(p.oid),
       md5(concat(CASE WHEN {routine_sql_body} THEN pg_get_functiondef(p.oid)
                       ELSE replace(replace(p.prosrc, E'\r\n', E'\n'), E'\r', E'\n') END,
                  CASE WHEN p.prosecdef THEN E'\nSECURITY DEFINER' END,
                  CASE WHEN p.provolatile <> 'v' THEN E'\nVOLATILITY ' || p.provolatile::text END,
                  CASE WHEN p.proisstrict THEN E'\nSTRICT' END,
                  CASE WHEN p.proconfig IS NOT NULL THEN
                    (SELECT string_agg(E'\nSET ' || o, '' ORDER BY o) FROM unnest(p.proconfig) o) END,
                  CASE WHEN p.pronargdefaults > 0 OR p.provariadic <> 0 THEN
                    E'\nARGUMENTS ' || pg_get_function_arguments(p.oid) END,
                  CASE WHEN p.prokind = 'a' THEN
                    (SELECT concat_ws(' ', E'\nAGGREGATE', a.aggkind, a.aggtransfn, a.aggfinalfn, a.aggcombinefn,
                                      a.aggsortop::regoperator, format_type(a.aggtranstype, NULL),
                                      quote_nullable(a.agginitval))
                     FROM pg_aggregate a WHERE a.aggfnoid = p.oid) END)),
       COALESCE(p.proargnames, '{}'::text[]),
       COALESCE(p.proargmodes::text[], '{}'::text[]),
       ARRAY(SELECT format_type(u.o, NULL)
             FROM unnest(COALESCE(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY u(o, n) ORDER BY u.n),
       d.description
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
LEFT JOIN pg_description d ON d.classoid = 'pg_proc'::regclass AND d.objoid = p.oid AND d.objsubid = 0
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT 1 FROM pg_depend x
                  WHERE x.classid = 'pg_proc'::regclass AND x.objid = p.oid AND x.deptype IN ('e', 'i'))
)sql";

const char* const kTypesQuery = R"sql(
SELECT t.typnamespace,
       t.typname,
       t.typtype,
       t.typrelid,
       CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
       t.typnotnull,
       t.typdefault,
       ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder),
       ARRAY(SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k
             WHERE k.contypid = t.oid AND k.contype = 'c' ORDER BY k.conname),
       (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r WHERE r.rngtypid = t.oid),
       d.description
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_class c ON c.oid = t.typrelid
LEFT JOIN pg_description d ON d.classoid = 'pg_type'::regclass AND d.objoid = t.oid AND d.objsubid = 0
WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c'))
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT 1 FROM pg_depend x
                  WHERE x.classid = 'pg_type'::regclass AND x.objid = t.oid AND x.deptype = 'e')
)sql";

const char* const kPoliciesQuery = R"sql(
SELECT p.polrelid,
       p.polname,
       p.polcmd,
       concat_ws(' ', CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                 'USING ' || pg_get_expr(p.polqual, p.polrelid),
                 'WITH CHECK ' || pg_get_expr(p.polwithcheck, p.polrelid)),
       CASE WHEN 0 <> ALL (p.polroles) THEN
         ARRAY(SELECT r.rolname::text FROM pg_roles r WHERE r.oid = ANY (p.polroles) ORDER BY 1) END
FROM pg_policy p
)sql";

// The rule _RETURN is the query of a view, which has it as its definition.
const char* const kRulesQuery = R"sql(
SELECT r.ev_class,
       r.rulename,
       r.ev_type,
       r.is_instead,
       r.ev_enabled,
       pg_get_ruledef(r.oid)
FROM pg_rewrite r
JOIN pg_class c ON c.oid = r.ev_class
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
)sql";

std::string adapt_query(const char* query, int version_major) {
  struct Variant {
    std::string_view token;
    int since;
    std::string_view expression;
    std::string_view before;
  };
  static constexpr std::array kVariants = {
      Variant{"{constraint_enforced}", 18, "k.conenforced", "true"},
      Variant{"{constraint_set_columns}", 15, "k.confdelsetcols", "NULL"},
      Variant{"{routine_sql_body}", 14, "p.prosqlbody IS NOT NULL", "false"},
      Variant{"{index_nulls_not_distinct}", 15, "i.indnullsnotdistinct", "false"},
  };
  std::string text = query;
  for (const Variant& variant : kVariants) {
    const std::size_t at = text.find(variant.token);
    if (at != std::string::npos)
      text.replace(at, variant.token.size(), version_major >= variant.since ? variant.expression : variant.before);
  }
  return text;
}

}  // namespace paripassu::postgres
