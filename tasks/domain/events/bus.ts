/** The event bus's name. */
export const eventBusName = 'keyturn';

/** The source of every event on it. */
export const eventSource = 'keyturn';
