import { escape } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import { mysqlName } from '../../../engine/connectors/mysql-relation.ts';
import { startMariadb } from '../../servers/mariadb.ts';
import type { ConformanceSubject, SubjectColumn, SubjectRow, TortureCase } from '../subject.ts';

/** MariaDB through the connector of MySQL. */
export const mysql: ConformanceSubject = {
  kind: 'mysql',
  start: async (folder) => {
    // A thousand texts are too many for the strict reading of what fits on a page.
    const server = await startMariadb(folder, { arguments: ['--innodb-strict-mode=0'] });
    const db = await server.connect();
    const insert = async (name: string, rows: readonly SubjectRow[], through: Connection = db): Promise<void> => {
      for (let at = 0; at < rows.length; at += 1_000) {
        const values = rows.slice(at, at + 1_000).map((row) => `(${row.map((value) => escape(value)).join(', ')})`);
        await through.query(`insert into ${mysqlName(name)} values ${values.join(', ')}`);
      }
    };
    return {
      connection: { type: 'mysql', url: server.url, limits: { rows: 1e9, bytes: 1e12, seconds: 60 } },
      can: { countsWhole: true, typed: true, emptyTables: true, maxColumns: 1_017 },
      create: async ({ name, columns }) => {
        await db.query(`create table ${mysqlName(name)} (${columns.map(definition).join(', ')})`);
        return { name };
      },
      setRows: async (name, rows) => {
        await db.query('start transaction');
        await db.query(`delete from ${mysqlName(name)}`);
        await insert(name, rows);
        await db.query('commit');
      },
      insert,
      addColumn: async (name, column) => {
        await db.query(`alter table ${mysqlName(name)} add column ${definition(column)}`);
      },
      dropColumn: async (name, column) => {
        await db.query(`alter table ${mysqlName(name)} drop column ${mysqlName(column)}`);
      },
      insertUncommitted: async (name, rows) => {
        const other = await server.connect();
        await other.query('start transaction');
        await insert(name, rows, other);
        return {
          commit: async () => {
            await other.query('commit');
            await other.end();
          },
        };
      },
      torture: TORTURE,
      createTorture: async (name, { type, given }) => {
        // Without strictness a server holds what a strict one would have refused, and old ones do.
        await db.query(`set sql_mode = 'ALLOW_INVALID_DATES'`);
        await db.query(`create table ${mysqlName(name)} (id bigint primary key, value ${type})`);
        await db.query(`insert into ${mysqlName(name)} values (1, ${given})`);
        await db.query('set sql_mode = default');
        return { name, key: ['id'] };
      },
      stop: server.stop,
    };
  },
};

const TYPES: Readonly<Record<SubjectColumn['type'], string>> = {
  text: 'text',
  integer: 'int',
  bigint: 'bigint',
  numeric: 'decimal(20,2)',
  date: 'date',
  timestamp: 'datetime(6)',
  boolean: 'boolean',
};

function definition({ name, type }: SubjectColumn): string {
  return `${mysqlName(name)} ${TYPES[type]} null`;
}

const refused = { refused: 'value' };
const digits = (count: number): string => '1234567890'.repeat(7).slice(0, count);

const TORTURE: readonly TortureCase[] = [
  { type: 'tinyint', given: '-128', landed: '-128' },
  { type: 'tinyint(1)', given: '5', landed: '5' },
  { type: 'boolean', given: 'true', landed: '1' },
  { type: 'tinyint unsigned', given: '255', landed: '255' },
  { type: 'smallint', given: '-32768', landed: '-32768' },
  { type: 'smallint unsigned', given: '65535', landed: '65535' },
  { type: 'mediumint', given: '-8388608', landed: '-8388608' },
  { type: 'mediumint unsigned', given: '16777215', landed: '16777215' },
  { type: 'int', given: '-2147483648', landed: '-2147483648' },
  { type: 'int(8) zerofill', given: '42', landed: '42' },
  { type: 'int unsigned', given: '4294967295', landed: '4294967295' },
  { type: 'bigint', given: '-9223372036854775808', landed: '-9223372036854775808' },
  { type: 'bigint', given: '9007199254740993', landed: '9007199254740993' },
  { type: 'bigint unsigned', given: '18446744073709551615', landed: '18446744073709551615' },
  { type: 'bigint unsigned zerofill', given: '18446744073709551615', landed: '18446744073709551615' },
  { type: 'int', given: 'null', landed: null },

  { type: 'decimal(65,30)', given: `-${digits(35)}.${digits(30)}`, landed: `-${digits(35)}.${digits(30)}` },
  { type: 'decimal(65,0)', given: digits(65), landed: digits(65) },
  { type: 'decimal(38,38)', given: `0.${digits(38)}`, landed: `0.${digits(38)}` },
  { type: 'decimal(10,2)', given: '0.10', landed: '0.10' },
  { type: 'decimal(10,2)', given: '-0.00', landed: '0.00' },
  { type: 'decimal(10,2) unsigned zerofill', given: '1.5', landed: '1.50' },
  { type: 'decimal', given: '7', landed: '7' },

  { type: 'float', given: '16777217', landed: '1.6777216e+07' },
  { type: 'float', given: '0.1', landed: '0.1' },
  { type: 'float', given: '3.4028235e38', landed: '3.4028235e+38' },
  { type: 'float', given: '1.401298464324817e-45', landed: '1e-45' },
  { type: 'float(7,3)', given: '123.4567', landed: '123.457' },
  { type: 'double', given: '0.1', landed: '0.1' },
  { type: 'double', given: '5e-324', landed: '5e-324' },
  { type: 'double', given: '-1.7976931348623157e308', landed: '-1.7976931348623157e+308' },
  { type: 'double', given: '123456789012345680', landed: '1.2345678901234568e+17' },
  { type: 'double', given: '0.30000000000000004', landed: '0.30000000000000004' },
  { type: 'double(12,2)', given: '1234567890.12', landed: '1234567890.12' },

  { type: 'date', given: "'9999-12-31'", landed: '9999-12-31' },
  { type: 'date', given: "'0001-01-01'", landed: '0001-01-01' },
  { type: 'date', given: "'2024-02-29'", landed: '2024-02-29' },
  { type: 'date', given: "'0000-00-00'", landed: refused },
  { type: 'date', given: "'2024-00-10'", landed: refused },
  { type: 'date', given: "'2024-10-00'", landed: refused },
  { type: 'date', given: "'2023-02-30'", landed: refused },
  { type: 'datetime(6)', given: "'9999-12-31 23:59:59.999999'", landed: '9999-12-31 23:59:59.999999' },
  { type: 'datetime(3)', given: "'2024-03-31 02:30:00.120'", landed: '2024-03-31 02:30:00.12' },
  { type: 'datetime', given: "'1000-01-01 00:00:00'", landed: '1000-01-01 00:00:00' },
  { type: 'datetime', given: "'0000-00-00 00:00:00'", landed: refused },
  { type: 'timestamp(6) null', given: "'2038-01-19 03:14:07.999999'", landed: '2038-01-19 03:14:07.999999+00' },
  { type: 'timestamp null', given: "'1970-01-01 00:00:01'", landed: '1970-01-01 00:00:01+00' },
  { type: 'timestamp null', given: "'0000-00-00 00:00:00'", landed: refused },
  { type: 'time(6)', given: "'838:59:59.999999'", landed: '838:59:59.999999' },
  { type: 'time(6)', given: "'-838:59:59.999999'", landed: '-838:59:59.999999' },
  { type: 'time', given: "'-00:00:01'", landed: '-00:00:01' },
  { type: 'time', given: "'24:00:00'", landed: '24:00:00' },
  { type: 'year', given: '2155', landed: '2155' },
  { type: 'year', given: "'0000'", landed: '0' },

  { type: 'varchar(10)', given: "'é🧾漢'", landed: 'é🧾漢' },
  { type: 'varchar(10)', given: "''", landed: '' },
  { type: 'varchar(10)', given: "'NULL'", landed: 'NULL' },
  { type: 'varchar(10)', given: "'a  '", landed: 'a  ' },
  { type: 'char(10)', given: "'a b   '", landed: 'a b' },
  {
    type: 'text',
    given: String.raw`'tab\tnewline\ncr\rbackslash\\\\quote\''`,
    landed: "tab\tnewline\ncr\rbackslash\\\\quote'",
  },
  { type: 'varchar(10)', given: "x'610062'", landed: refused },
  { type: 'longtext', given: "concat(repeat('x', 100), char(0))", landed: refused },
  { type: 'varchar(10) character set latin1', given: "'é€ÿ'", landed: 'é€ÿ' },
  { type: 'varchar(10) character set cp1251', given: "'Ж'", landed: 'Ж' },
  { type: 'varchar(10) character set cp1251', given: "x'98'", landed: refused },
  { type: 'varchar(10) character set sjis', given: "'日本'", landed: '日本' },
  { type: 'varchar(10) character set sjis', given: "x'8540'", landed: refused },
  { type: 'varchar(10) character set gbk', given: "'中文?'", landed: '中文?' },
  { type: 'varchar(10) character set utf16', given: "'a🧾'", landed: 'a🧾' },
  { type: 'varchar(10) character set ucs2', given: "'漢'", landed: '漢' },
  { type: 'varchar(10) character set ascii', given: "x'ff'", landed: refused },
  { type: 'varchar(10) character set utf8mb3', given: "x'eda080'", landed: refused },
  { type: "enum('a','it''s','')", given: "'it''s'", landed: "it's" },
  { type: "enum('a','b')", given: '99', landed: '' },
  { type: "set('x','y','z')", given: "'z,x'", landed: 'x,z' },
  {
    type: 'json',
    given: `'{"a":12345678901234567890.10,"b":"\\\\u0000"}'`,
    landed: '{"a":12345678901234567890.10,"b":"\\u0000"}',
  },

  { type: 'binary(4)', given: "'ab'", landed: String.raw`\x61620000` },
  { type: 'varbinary(4)', given: "x'00ff275c'", landed: String.raw`\x00ff275c` },
  { type: 'blob', given: "''", landed: String.raw`\x` },
  { type: 'longblob', given: "x'50473f0a'", landed: String.raw`\x50473f0a` },
  { type: 'bit(1)', given: "b'1'", landed: '1' },
  { type: 'bit(10)', given: "b'1000000001'", landed: '1000000001' },
  { type: 'bit(64)', given: "b'1'", landed: '1'.padStart(64, '0') },
  { type: 'uuid', given: "'ab56fecc-e653-11f1-a445-02fc00000001'", landed: 'ab56fecc-e653-11f1-a445-02fc00000001' },
  { type: 'inet6', given: "'2001:db8::1'", landed: '2001:db8::1' },
  { type: 'inet4', given: "'10.0.0.1'", landed: '10.0.0.1' },
  {
    type: 'point',
    given: "st_geomfromtext('point(1 2)', 4326)",
    landed: String.raw`\xe61000000101000000000000000000f03f0000000000000040`,
  },
];
