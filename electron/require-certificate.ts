/** A certificate that a person pasted or chose. */
import { X509Certificate } from 'node:crypto';
import { AppError } from '../shared/errors.ts';

/** @param authority As text (PEM). Throws `request-invalid` when it can't be read as a certificate. */
export function requireCertificate(authority: string): void {
  try {
    new X509Certificate(authority);
  } catch (error) {
    throw new AppError('request-invalid', 'The certificate of the authority cannot be read.', {
      hint: 'Paste it as text, with its lines BEGIN CERTIFICATE and END CERTIFICATE.',
      cause: error,
    });
  }
}
