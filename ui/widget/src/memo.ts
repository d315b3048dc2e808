import { Component, type ComponentType, type VNode, h } from "preact";

/** Renders a component again only when one of its properties has changed. */
export function memo<Props extends object>(Inner: (props: Props) => VNode | null): ComponentType<Props> {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      const names = new Set([...Object.keys(next), ...Object.keys(this.props)]) as Set<keyof Props>;
      return [...names].some((name) => !Object.is(next[name], this.props[name]));
    }
    override render() {
      return h(Inner as ComponentType<Props>, this.props as Props & { children?: never });
    }
  };
}
