import { Menu } from "@mantine/core";
import IconCheck from "@tabler/icons-react/icons/IconCheck";
import { Fragment, type ReactElement } from "react";
import { Icon } from "./Icon";

/** One question of a menu with one answer. */
export interface RadioSection {
  readonly title: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  choose(value: string): void;
}

const CLASSES = {
  dropdown: "menu",
  item: "menu-item",
  itemLabel: "menu-item-label",
  itemSection: "menu-item-section",
  itemIndicator: "menu-item-section",
  label: "menu-label",
  divider: "menu-divider",
};

/** A button that opens one or more lists of choices. Keyboard and focus handling are Mantine's. */
export function RadioMenu({ target, sections }: { target: ReactElement; sections: readonly RadioSection[] }) {
  return (
    <Menu classNames={CLASSES} position="bottom-end" offset={6} transitionProps={{ duration: 0 }} loop checkIcon={<Icon of={IconCheck} size={14} />}>
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown>
        {sections.map((section, i) => (
          <Fragment key={section.title}>
            {i > 0 && <Menu.Divider />}
            <Menu.Label>{section.title}</Menu.Label>
            <Menu.RadioGroup value={section.value} onChange={(value) => section.choose(value)}>
              {section.options.map((option) => (
                <Menu.RadioItem key={option.value} value={option.value} closeMenuOnClick>
                  {option.label}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
