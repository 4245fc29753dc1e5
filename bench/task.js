// The same task in DuckDB: node task.js MODEL OUT THREADS
const { DuckDBInstance } = require("@duckdb/node-api");
const { readFileSync } = require("node:fs");

const [model, out, threads] = process.argv.slice(2);
const rows = readFileSync(`${model}/indicators.csv`, "utf8").trim().split("\n").slice(1).map((line) => line.split(","));
const leaves = rows.filter(([code]) => code.startsWith("i"));
const pillars = rows.filter(([code]) => code.startsWith("p"));

const weighted = (parts) => {
    const sum = parts.map(([value, weight]) => `${weight} * coalesce(${value}, 0)`).join(" + ");
    const weights = parts.map(([value, weight]) => `if(${value} is null, 0, ${weight})`).join(" + ");
    return `(${sum}) / (${weights})`;
};
const range = leaves.map(([code]) => `min(${code}) as lo_${code}, max(${code}) as hi_${code}`).join(", ");
const score = ([code, , , direction]) =>
    direction === "-1"
        ? `(hi_${code} - ${code}) * 100 / (hi_${code} - lo_${code}) as ${code}`
        : `(${code} - lo_${code}) * 100 / (hi_${code} - lo_${code}) as ${code}`;
const pillar = ([code]) =>
    `${weighted(leaves.filter((leaf) => leaf[1] === code).map((leaf) => [leaf[0], leaf[2]]))} as ${code}`;

const sql = `
copy (
    with d as materialized (select * from read_csv('${model}/data.csv', header = true, types = {${leaves.map(([code]) => `'${code}': 'DOUBLE'`).join(", ")}})),
    r as (select ${range} from d),
    s as (select unit, "group", ${leaves.map(score).join(", ")} from d, r),
    p as (select unit, "group", ${pillars.map(pillar).join(", ")} from s),
    t as (select unit, "group", ${weighted(pillars.map((p) => [p[0], p[2]]))} as total from p)
    select unit, unit as name, "group", total, rank() over (order by total desc) as rank,
           rank() over (partition by "group" order by total desc) as group_rank
    from t order by rank, unit
) to '${out}' (header true)`;

(async () => {
    const instance = await DuckDBInstance.create(":memory:", { threads });
    const connection = await instance.connect();
    await connection.run(sql);
})();
