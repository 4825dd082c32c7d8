export type Mode = 'audit' | 'live';

/** Only the literal `live` allows changes: a misspelt or missing mode is an audit. */
export const modeOf = (text: string | undefined): Mode => (text === 'live' ? 'live' : 'audit');
