(
CASE
    WHEN (a > 0) THEN concat(VARIADIC ARRAY[h, (i)::nvarchar])
    ELSE NULL::character varying(5)
END IS NULL)