import { Component, type ReactNode } from "react";

interface ErrorBoundaryProps {
  /** What stands in place of the children after one of them has failed. */
  readonly fallback: ReactNode;
  readonly children: ReactNode;
}

/** Keeps the shell standing when a page fails; React reports the cause on the console. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.fallback : this.props.children;
  }
}
