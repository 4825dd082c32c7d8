import type { ClosedForm, Form, FormField } from '../messages/document.ts';
import { buttonOf } from './blocks.ts';
import { type Markup, markup } from './html.ts';
import { a } from './page-look.ts';

/** A form that works without JavaScript, under its heading or folded behind it. */
export function renderForm(form: Form): Markup {
  const { effect, hidden, fields, button, isAside } = form;
  const look = isAside ? 'plainButton' : buttonOf[button.standing];
  return framed(
    form,
    markup`<form method="post">
${hidden.map(([name, value]) => markup`<input type="hidden" name="${name}" value="${value}">\n`)}${
  effect === undefined ? '' : markup`<p ${a('text')}>${effect}</p>\n`
}${fields.map(renderField)}<button type="submit" ${a(look)}>${button.label}</button>
</form>
`,
  );
}

/** Shown in place of a form: the reason why there is none. */
export const renderClosedForm = (form: ClosedForm): Markup =>
  framed(
    form,
    markup`${form.problem === undefined ? '' : errorOf(form.problem.id, form.problem.text)}<p ${a('text')}>${form.text}</p>\n`,
  );

const framed = ({ heading, isAside, isRefused }: Form | ClosedForm, body: Markup): Markup =>
  isAside
    ? markup`<details ${a('more')}${isRefused ? markup` open` : ''}><summary ${a('summary')}>${heading}</summary>
<div ${a('form')}>${body}</div></details>
`
    : markup`<section ${a('form')}><h2 ${a('heading')}>${heading}</h2>
${body}</section>
`;

function renderField(field: FormField): Markup {
  const { id, name, label, hint, problem } = field;
  const isOptional = field.input === 'sentence' && field.isOptional;
  const common = markup`${a('input')} id="${id}" name="${name}"${isOptional ? '' : markup` required`} ${described(id, problem)}`;
  return markup`<label for="${id}">${label}</label>
<p ${a('hint')} id="${id}Hint">${hint}</p>
${problem === undefined ? '' : errorOf(id, problem)}${inputOf(field, common)}
`;
}

function inputOf(field: FormField, common: Markup): Markup {
  switch (field.input) {
    case 'choice':
      return markup`<select ${common}>${field.options.map(([value, label]) => markup`<option value="${value}">${label}</option>`)}</select>`;
    case 'capitals':
      return markup`<input ${common} type="text" minlength="${String(field.shortest)}" autocomplete="off" autocapitalize="characters" spellcheck="false">`;
    case 'word':
      return markup`<input ${common} type="text" autocomplete="off" autocapitalize="none" spellcheck="false">`;
    case 'sentence':
      return markup`<input ${common} type="text"${field.isOptional ? '' : markup` minlength="${String(field.shortest)}"`} maxlength="${String(field.longest)}" autocomplete="off" value="${field.value}">`;
  }
}

const errorOf = (id: string, problem: string): Markup =>
  markup`<p ${a('error')} id="${id}Error" role="alert">${problem}</p>\n`;

const described = (id: string, problem: string | undefined): Markup =>
  problem === undefined
    ? markup`aria-describedby="${id}Hint"`
    : markup`aria-describedby="${id}Error ${id}Hint" aria-invalid="true" autofocus`;
