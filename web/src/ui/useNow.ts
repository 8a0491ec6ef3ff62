import { useEffect, useState } from "react";

/** A clock reading that is taken anew every second while the page is seen. Unix seconds. */
export function useNow(read: () => number): number {
  const [now, setNow] = useState(read);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setNow(read());
    }, 1000);
    return () => clearInterval(timer);
  }, [read]);
  return now;
}
