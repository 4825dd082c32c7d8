import { darkPalette, lightPalette } from '../../tasks/presentation/palette.ts';

/** The palette of mails and pages, as properties that the console's rules name. */
const shared = ({ ink, line, muted, surface, edge, bad }: typeof lightPalette): string =>
  `--line:${line};--muted:${muted};--ink:${ink};--surface:${surface};--edge:${edge};--bad:${bad}`;

/** What the console adds to the look of the mails and owners' pages. */
export const consoleSheet = [
  `:root{${shared(lightPalette)};--accent:#0b57a4;--good:#1a6b3c;--goodbg:#e3f4e9;--badbg:#fde9e7;--busy:#0b57a4;--busybg:#e4effa;--idle:#56616c;--idlebg:#eceff2}`,
  `@media (prefers-color-scheme:dark){:root{${shared(darkPalette)};--accent:#7db6f0;--good:#7fd6a0;--goodbg:#173524;--badbg:#43201d;--busy:#8fc1f5;--busybg:#1a314a;--idle:#a7b1bb;--idlebg:#2a3138}}`,
  '.c-wide{max-width:1080px;margin:0 auto}a{color:var(--accent)}',
  '.c-bar{display:flex;align-items:center;gap:24px;margin:0 4px 16px;font-size:15px}.c-bar strong{letter-spacing:.04em;color:var(--muted);font-size:13px}',
  '.c-bar nav{display:flex;gap:4px}.c-bar a{padding:8px 12px;border-radius:8px;text-decoration:none;color:var(--ink)}.c-bar a[aria-current]{background:var(--surface);box-shadow:inset 0 0 0 1px var(--line);font-weight:600}',
  '.c-card{margin:0 0 16px;padding:20px 24px;background:var(--surface);border:1px solid var(--line);border-radius:12px;overflow-wrap:anywhere}',
  '.c-card h2{margin:0 0 12px;font-size:17px;line-height:1.35}.c-muted{color:var(--muted);font-size:14px}.c-card p{margin:0 0 8px}.c-card p:last-child{margin-bottom:0}',
  '.c-clock{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:12px 24px}.c-now{margin:0;font-size:26px;line-height:1.2;font-weight:700;font-variant-numeric:tabular-nums}',
  '.c-buttons{display:flex;flex-wrap:wrap;gap:8px}.c-rows+.c-buttons{margin-top:12px}.c-b{min-height:40px;padding:8px 14px;border:1px solid var(--edge);border-radius:8px;background:var(--surface);color:var(--ink);font:600 14px/20px inherit;font-family:inherit;cursor:pointer}',
  '.c-b:hover{border-color:var(--accent);color:var(--accent)}.c-b.c-small{min-height:28px;padding:2px 10px;font-size:13px}.c-b.c-main{background:#0b57a4;border-color:#0b57a4;color:#fff}.c-b.c-main:hover{background:#084681;color:#fff}',
  'a:focus-visible,summary:focus-visible,pre:focus-visible,.c-b:focus-visible{outline:3px solid #f0a000;outline-offset:2px}',
  '.c-badge{display:inline-block;padding:1px 8px;border-radius:999px;font-size:12px;line-height:18px;font-weight:600;white-space:nowrap}',
  ...['good', 'bad', 'busy', 'idle'].map(
    (tone) => `.c-${tone}{color:var(--${tone});background:var(--${tone}bg)}`,
  ),
  '.c-rows{list-style:none;margin:0;padding:0}.c-rows>li{display:grid;gap:4px 16px;align-items:center;padding:10px 0;border-top:1px solid var(--line)}.c-rows>li:first-child{border-top:0}',
  '.c-user{grid-template-columns:minmax(210px,1fr) minmax(0,3fr) auto}.c-run{grid-template-columns:minmax(0,2fr) minmax(0,2fr) auto}.c-mail{grid-template-columns:minmax(0,1fr) minmax(0,2fr) auto}',
  '.c-key{display:flex;flex-wrap:wrap;gap:2px 10px;align-items:baseline;font-size:14px}.c-key code,.c-id{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}.c-key+.c-key{margin-top:4px}',
  '.c-line{flex-basis:100%}h2 .c-muted{font-weight:400}.c-card .k-label{width:160px}.c-card .k-facts:last-child{margin-bottom:0}.c-done{margin:0;font-size:14px}.c-frame{margin-bottom:16px}@media (max-width:700px){.c-card .k-label{width:96px}}',
  '.c-when{color:var(--muted);font-size:14px;white-space:nowrap;font-variant-numeric:tabular-nums}',
  'summary{cursor:pointer}.c-account>summary{padding:10px 0;font-weight:600}.c-account+.c-account{border-top:1px solid var(--line)}.c-account>summary .c-muted{font-weight:400}',
  '.c-steps{list-style:none;margin:0;padding:0 0 0 18px;border-left:2px solid var(--line)}.c-steps>li{position:relative;padding:0 0 18px}.c-steps>li::before{content:"";position:absolute;left:-25px;top:6px;width:12px;height:12px;border-radius:50%;background:var(--surface);border:2px solid var(--muted);box-sizing:border-box}',
  '.c-steps>li.c-now-here::before{border-color:var(--accent);background:var(--accent)}.c-steps>li.c-broken::before{border-color:var(--bad);background:var(--bad)}.c-steps h3{display:inline;margin:0;font-size:16px}.c-steps .c-head{display:flex;flex-wrap:wrap;gap:2px 12px;align-items:baseline}.c-steps details{margin-top:4px;font-size:14px}',
  '.c-said{margin:2px 0 0;color:var(--bad);font-size:14px}.c-frame{display:block;width:100%;height:72vh;min-height:420px;border:1px solid var(--line);border-radius:12px;background:var(--surface)}',
  'pre{margin:0;max-height:420px;overflow:auto}.c-card pre.k-code:last-child{margin-bottom:0}',
  '@media (max-width:700px){.k-page{padding:12px 8px}.c-card{padding:16px}.c-user,.c-run,.c-mail{grid-template-columns:minmax(0,1fr)}.c-when{white-space:normal}}',
].join('');
