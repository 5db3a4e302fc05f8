COPY t FROM stdin;
1	it's $x$
\N
\.
SELECT 1;
