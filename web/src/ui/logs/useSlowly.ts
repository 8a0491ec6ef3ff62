import { useEffect, useRef, useState } from "react";

/** A value that changes at most once in so many milliseconds; the last one always arrives. */
export function useSlowly<T>(value: T, milliseconds: number): T {
  const [shown, setShown] = useState(value);
  const latest = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  latest.current = value;
  useEffect(() => {
    if (timer.current !== undefined || latest.current === shown) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      setShown(latest.current);
    }, milliseconds);
  }, [value, shown, milliseconds]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return shown;
}
