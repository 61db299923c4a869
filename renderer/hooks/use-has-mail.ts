/** Whether Quire can send mail here: what needs it is offered only then. */
import { useEffect, useState } from 'react';
import { request } from '../ipc/client.ts';

/** False until main told; what can't be asked is not offered either. */
export function useHasMail(): boolean {
  const [hasMail, setHasMail] = useState(false);
  useEffect(() => {
    let isCurrent = true;
    request('mail.getStatus', {}).then(
      ({ isSetUp }) => isCurrent && setHasMail(isSetUp),
      () => isCurrent && setHasMail(false),
    );
    return () => {
      isCurrent = false;
    };
  }, []);
  return hasMail;
}
