/**
 * The fields of a secret's JSON: what ProvisionNewKey stores, and what programs and mails read. Changing them breaks
 * every application that reads its secret.
 */
export const secretFields = { id: 'accessKeyId', secret: 'secretAccessKey' } as const;
