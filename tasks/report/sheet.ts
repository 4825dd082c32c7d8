import { pageSheet } from '../mails/look.ts';

/** The mails' and pages' look, and room for tables. */
export const reportSheet = [
  pageSheet,
  ':root{--line:#dde2e7;--muted:#56616c;--bad:#a3241c}',
  '@media (prefers-color-scheme:dark){:root{--line:#343c45;--muted:#a7b1bb;--bad:#ff9c94}a{color:#7db6f0}}',
  '.k-card.r-wide{max-width:1200px}.r-scroll{overflow-x:auto}',
  '.r-totals{display:grid;grid-template-columns:repeat(auto-fit,minmax(120px,1fr));gap:12px;margin:0 0 20px;padding:0;list-style:none}',
  '.r-totals li{padding:10px 14px;border:1px solid var(--line);border-radius:8px;color:var(--muted);font-size:14px}',
  '.r-totals strong{display:block;font-size:24px;line-height:1.2;font-variant-numeric:tabular-nums;color:var(--bad)}.r-totals .r-plain strong{color:inherit}',
  '.r-table{width:100%;border-collapse:collapse;font-size:14px}.r-table th{text-align:left;color:var(--muted);font-weight:600}',
  '.r-table th,.r-table td{padding:6px 10px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}',
  '.r-table td{overflow-wrap:normal}.r-table a,.r-table code,.r-user{white-space:nowrap}',
  '.r-number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.r-table code{font:13px/1.5 ui-monospace,Menlo,Consolas,monospace}',
  '.r-bad{color:var(--bad);font-weight:600}.r-muted{color:var(--muted)}',
].join('');
