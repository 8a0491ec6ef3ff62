import { type RefObject, useEffect, useRef } from "react";

/** Calls `enter` while the element is in or near the view; what it returns is called on leaving. */
export function useInView<T extends Element>(enter: () => () => void): RefObject<T | null> {
  const ref = useRef<T>(null);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    let leave: (() => void) | undefined;
    const observer = new IntersectionObserver(
      ([entry]) => {
        leave?.();
        leave = entry?.isIntersecting === true ? enter() : undefined;
      },
      // Half a screen ahead, so that scrolling finds charts already drawn.
      { rootMargin: "50% 0px" },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      leave?.();
    };
  }, [enter]);
  return ref;
}
