import { darkPalette, lightPalette } from '../../tasks/presentation/palette.ts';
import { keyPictureStyle } from '../story/key-picture.ts';
import { stateGraphStyle } from '../story/state-graph.ts';

/** The palette of mails and pages, as properties that the console's rules name. */
const shared = ({ ink, line, muted, surface, edge, bad, ground }: typeof lightPalette): string =>
  `--line:${line};--muted:${muted};--ink:${ink};--surface:${surface};--edge:${edge};--bad:${bad};--ground:${ground}`;

const tones = ['good', 'bad', 'busy', 'idle', 'warn'].map(
  (tone) => `.c-${tone}{color:var(--${tone});background:var(--${tone}bg)}`,
);

/** Three sizes of type: 24, 16 and 13 pixels. */
const sizes =
  '.c-wide{font-size:16px;line-height:1.5}.c-wide h1,.c-figure{font-size:24px;line-height:1.25;font-weight:700}.c-wide h2{margin:0 0 12px;font-size:16px;font-weight:700}.c-wide h3{font-size:16px;font-weight:600}.c-muted,.c-badge,.c-when,.c-wide code,.c-id,.c-b,.c-wide th,.c-wide label,.c-wide .k-code{font-size:13px}';

const frame = [
  '.c-wide h1,.c-figure,.c-wide h3{margin:0}',
  '.c-wide{max-width:1120px;margin:0 auto}.c-wide a{color:var(--accent)}',
  '.c-bar{display:flex;flex-wrap:wrap;align-items:center;gap:8px 20px;margin:0 0 16px}.c-bar strong{color:var(--muted)}.c-bar nav{display:flex;flex-wrap:wrap;gap:2px;margin-right:auto}',
  '.c-bar nav a{padding:6px 12px;border-radius:8px;text-decoration:none;color:var(--ink)}.c-bar nav a[aria-current]{background:var(--surface);box-shadow:inset 0 0 0 1px var(--line);font-weight:600}',
  '.c-clock{display:flex;flex-wrap:wrap;align-items:center;gap:8px;margin:0 0 16px;padding:10px 16px;background:var(--surface);border:1px solid var(--line);border-radius:12px}.c-clock p{margin:0 auto 0 0}.c-clock b{font-variant-numeric:tabular-nums}',
  '.c-news{position:sticky;bottom:12px;z-index:2;margin:16px 0 0}.c-news:not(:empty){padding:12px 16px;border-radius:8px;background:var(--ink);color:var(--surface)}.c-wide .c-news a{color:inherit}',
  '.c-lost{margin:0 0 16px;padding:12px 16px;border-radius:8px;color:var(--bad);background:var(--badbg);font-weight:600}',
  '.c-wide .c-title{margin:0 4px 12px}.c-skip{position:absolute;left:-9999px}.c-skip:focus{position:static}.c-foot{margin:20px 4px 0}',
];

const parts = [
  '.c-card{margin:0 0 16px;padding:20px 24px;background:var(--surface);border:1px solid var(--line);border-radius:12px;overflow-wrap:anywhere}.c-card p{margin:0 0 8px}.c-card p:last-child,.c-card>:last-child{margin-bottom:0}',
  '.c-head{display:flex;flex-wrap:wrap;align-items:center;gap:6px 12px}.c-muted{color:var(--muted)}h2 .c-muted{font-weight:400}.c-two{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 16px}',
  '.c-buttons{display:flex;flex-wrap:wrap;gap:8px;align-items:center}.c-b{display:inline-block;min-height:36px;padding:7px 14px;border:1px solid var(--edge);border-radius:8px;background:var(--surface);color:var(--ink);font-weight:600;line-height:20px;font-family:inherit;cursor:pointer;text-decoration:none}',
  '.c-wide a.c-b:not(.c-main){color:var(--ink)}.c-b:hover{border-color:var(--accent)}.c-b[aria-current]{border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}.c-b.c-main{background:#0b57a4;border-color:#0b57a4;color:#fff}.c-b.c-main:hover{background:#084681}.c-b.c-danger{color:var(--bad);border-color:var(--bad)}.c-b[aria-disabled]{opacity:.55;cursor:progress}',
  'a:focus-visible,summary:focus-visible,pre:focus-visible,.c-b:focus-visible,.c-graph:focus-visible,.c-in:focus-visible,.c-scroll:focus-visible{outline:3px solid #b25e00;outline-offset:2px}',
  '.c-badge{display:inline-block;padding:1px 9px;border-radius:999px;line-height:20px;font-weight:600;white-space:nowrap}',
  ...tones,
  '.c-in{min-height:36px;padding:6px 10px;border:1px solid var(--edge);border-radius:8px;background:var(--surface);color:var(--ink);font:16px/1.4 inherit;font-family:inherit}.c-find{display:flex;flex-wrap:wrap;gap:8px;align-items:end;margin:12px 0}.c-find .c-in[type=search]{width:min(340px,100%)}.c-form{display:grid;gap:4px;max-width:440px;margin:10px 0 0}.c-form .c-b{justify-self:start;margin-top:6px}',
  '.c-scroll{overflow-x:auto}.c-table{width:100%;border-collapse:collapse}.c-table th{padding:6px 14px 6px 0;text-align:left;color:var(--muted);font-weight:600;white-space:nowrap}.c-table td{padding:9px 14px 9px 0;border-top:1px solid var(--line);vertical-align:top;overflow-wrap:normal}.c-table td:first-child a,.c-table code{white-space:nowrap}.c-table td.c-num{text-align:right;font-variant-numeric:tabular-nums}',
  '.c-totals{width:auto;min-width:320px}.c-totals th{padding:9px 40px 9px 0;border-top:1px solid var(--line)}.c-wide h2:not(:first-child){margin-top:20px}.c-when{color:var(--muted);font-variant-numeric:tabular-nums}.c-table .c-when{white-space:nowrap}.c-wide code,.c-id{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}',
  '.c-facts{display:grid;grid-template-columns:minmax(110px,auto) minmax(0,1fr);gap:6px 20px;margin:0}.c-facts dt{color:var(--muted)}.c-facts dd{margin:0}',
  '.c-figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(125px,1fr));gap:12px;margin:0;padding:0;list-style:none}.c-figures li{border:1px solid var(--line);border-radius:8px}.c-figures a{display:block;padding:10px 14px;color:var(--ink);text-decoration:none}.c-figures a:hover{text-decoration:underline}.c-figures b{display:block}',
  '.c-list{list-style:none;margin:0;padding:0}.c-list>li{padding:10px 0;border-top:1px solid var(--line)}.c-list>li:first-child{border-top:0;padding-top:0}.c-list>li:last-child{padding-bottom:0}.c-list>li>:last-child{margin-bottom:0}',
  'summary{cursor:pointer}.c-ask{display:inline-block}.c-ask[open]{flex-basis:100%}.c-ask>summary{list-style:none}.c-ask>summary::-webkit-details-marker{display:none}.c-ask>div{margin:10px 0 0;padding:14px 16px;border:1px solid var(--edge);border-radius:8px}',
  '#record .k-table{min-width:860px}#record>details>:nth-child(2){margin-top:12px}',
  'pre{margin:0;max-height:420px;overflow:auto}.c-frame{display:block;width:100%;height:76vh;min-height:440px;border:1px solid var(--line);border-radius:12px;background:var(--surface)}.c-frame.c-phone{width:375px;max-width:100%;margin:0 auto}.c-frame.c-darkly{color-scheme:dark}',
];

const story = [
  '.c-stages{display:grid;grid-template-columns:repeat(7,minmax(0,1fr));gap:4px;margin:16px 0 8px;padding:0;list-style:none}.c-stages li{padding:8px 10px 0 0;border-top:5px solid var(--line);color:var(--muted);font-size:13px}.c-stages li{text-wrap:balance}.c-stages li b{display:block;color:var(--ink)}.c-stages .c-past{border-color:var(--accent)}.c-stages .c-here{border-color:var(--accent);border-top-style:double}.c-stages .c-here b{color:var(--accent)}',
  '.c-steps{list-style:none;margin:0;padding:0 0 0 18px;border-left:2px solid var(--line)}.c-steps>li{position:relative;padding:0 0 16px}.c-steps>li:last-child{padding-bottom:0}.c-steps>li::before{content:"";position:absolute;left:-25px;top:7px;width:12px;height:12px;border-radius:50%;background:var(--surface);border:2px solid var(--muted);box-sizing:border-box}.c-steps>.c-decided::before{left:-22px;top:9px;width:6px;height:6px;border-width:3px}',
  '.c-steps>.c-person::before{border-color:var(--accent);background:var(--accent)}.c-steps>.c-alarm::before,.c-steps>.c-attention::before{border-color:var(--bad);background:var(--bad)}.c-steps>.c-good::before{border-color:var(--good);background:var(--good)}.c-steps>li{background:none;color:inherit}.c-steps h3{display:inline;margin-right:8px}.c-steps p{margin:2px 0 0}.c-alarm p{color:var(--bad)}',
  '.c-todo{margin:0;padding:0;list-style:none;counter-reset:step}.c-todo li{counter-increment:step;padding:4px 0 4px 36px;position:relative}.c-todo li::before{content:counter(step);position:absolute;left:0;top:5px;width:22px;height:22px;border-radius:50%;border:1px solid var(--edge);text-align:center;font-size:13px;line-height:21px}.c-todo .c-did{color:var(--muted)}.c-todo .c-did::before{content:"✓";color:var(--good);background:var(--goodbg);border-color:var(--good)}.c-todo .c-next{font-weight:600}',
  '.c-pager{display:flex;gap:12px;align-items:center;margin:12px 0 0}',
  stateGraphStyle,
  keyPictureStyle,
];

const phone =
  '@media (max-width:700px){.k-page{padding:12px 8px}.c-bar nav a{padding:6px}.c-card{padding:16px}.c-two{grid-template-columns:minmax(0,1fr)}.c-facts{grid-template-columns:minmax(0,1fr);gap:0}.c-facts dd{margin:0 0 8px}.c-stages{grid-template-columns:minmax(0,1fr);gap:0}.c-stages li{border-top:0;border-left:5px solid var(--line);padding:4px 0 4px 12px}.c-stages .c-past,.c-stages .c-here{border-color:var(--accent)}.c-stages b{display:inline!important}.c-table .c-when{white-space:normal}.c-stack thead{display:none}.c-stack tr,.c-stack td{display:block}.c-stack tr{padding:10px 0;border-top:1px solid var(--line)}.c-stack td{border:0!important;padding:2px 0!important}}';

/** What the console adds to the look of the mails and owners' pages. */
export const consoleSheet = [
  `:root{${shared(lightPalette)};--accent:#0b57a4;--good:#1a6b3c;--goodbg:#e3f4e9;--badbg:#fde9e7;--busy:#0b57a4;--busybg:#e4effa;--idle:#56616c;--idlebg:#eceff2;--warn:#7a4d00;--warnbg:#fff1d6}`,
  `@media (prefers-color-scheme:dark){:root{${shared(darkPalette)};--accent:#7db6f0;--good:#7fd6a0;--goodbg:#173524;--badbg:#43201d;--busy:#8fc1f5;--busybg:#1a314a;--idle:#a7b1bb;--idlebg:#2a3138;--warn:#ffc46b;--warnbg:#3a2c12}}`,
  ...frame,
  ...parts,
  ...story,
  sizes,
  phone,
].join('');
