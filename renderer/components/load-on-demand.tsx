/**
 * A component whose code is fetched when it is first shown, or before that by `preload`.
 *
 * Instead of React.lazy: Suspense holds its content back for up to 300 ms after a fallback showed, and shows a fallback
 * even for code that is there already. A page that is to open at once can't wait for that.
 */
import { useEffect, useState, type ComponentType, type ReactNode } from 'react';

export interface OnDemand<Props extends object> {
  (props: Props & { readonly fallback?: ReactNode }): ReactNode;
  readonly preload: () => Promise<void>;
}

export function loadOnDemand<Props extends object>(load: () => Promise<ComponentType<Props>>): OnDemand<Props> {
  let loaded: ComponentType<Props> | null = null;
  let loading: Promise<void> | null = null;
  const preload = () =>
    (loading ??= load().then((component) => {
      loaded = component;
    }));

  function OnDemandComponent({ fallback = null, ...props }: Props & { readonly fallback?: ReactNode }) {
    const [Component, setComponent] = useState(() => loaded);
    const [failure, setFailure] = useState<unknown>(null);
    useEffect(() => {
      if (Component) return;
      preload().then(() => setComponent(() => loaded), setFailure);
    }, [Component]);
    if (failure !== null) throw failure;
    return Component ? <Component {...(props as Props)} /> : fallback;
  }
  return Object.assign(OnDemandComponent, { preload });
}
