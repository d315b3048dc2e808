//! What HTML costs to parse: it is parsed here without a tree, so that what is too dear never becomes one.
//!
//! Counting tags is not enough. A closing tag that closes nothing, a tag in a comment, elements that HTML opens again
//! by itself (`<p><b><b></p><p>`), each of them walks over what is open: the parser alone knows what a tag does.

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{
    Attribute, ExpandedName, LocalName, Namespace, ParseOpts, QualName, local_name, ns,
};

/// Elements within each other at the most. A browser's own parser stops at 512.
pub(super) const DEEPEST: usize = 500;

/// Steps of the parser at the most: elements that it looks at or makes, and attributes that it compares. A newsletter
/// of 60 KiB takes some 100,000; all of them take the parser some 20 ms.
pub(super) const MOST_STEPS: usize = 500_000;

/// Spaces, slashes and quotes in one tag or comment at the most: there is one before every attribute, and the parser
/// compares each attribute of a tag with every other.
const MOST_SEPARATORS: usize = 1024;

/// Steps that making an element counts for.
const MAKING: usize = 10;

/// Bytes after which the count is looked at.
const PIECE: usize = 1024;

/// What HTML has too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TooDear {
    /// It is nested deeper than [`DEEPEST`].
    Deep,
    /// It takes more than [`MOST_STEPS`], or a tag has more than [`MOST_SEPARATORS`].
    Long,
}

/// Parses `html` as the sanitiser will, and stops where that is too dear.
pub(super) fn check(html: &str) -> Result<(), TooDear> {
    // The sanitiser's own context.
    let div = QualName::new(None, ns!(html), local_name!("div"));
    let meter = Meter::default();
    let mut parser = html5ever::parse_fragment(meter, ParseOpts::default(), div, vec![], false);
    let (mut rest, mut separators, mut seen) = (html, 0, 0);
    while !rest.is_empty() {
        let end = (PIECE..rest.len()).find(|&at| rest.is_char_boundary(at));
        let (piece, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        parser.process(StrTendril::from_slice(piece));
        let meter = &parser.tokenizer.sink.sink;
        let now = meter.steps.get() + meter.nodes.get();
        if seen != now {
            (seen, separators) = (now, 0);
        }
        let in_piece = piece
            .bytes()
            .filter(|byte| matches!(byte, b'/' | b'"' | b'\'') || byte.is_ascii_whitespace());
        separators += in_piece.count();
        if meter.deepest.get() > DEEPEST {
            return Err(TooDear::Deep);
        }
        if meter.steps.get() > MOST_STEPS || separators > MOST_SEPARATORS + PIECE {
            return Err(TooDear::Long);
        }
    }
    Ok(())
}

/// A tree that is none: it knows how deep its elements are, and counts what is done to them.
#[derive(Default)]
struct Meter {
    steps: Cell<usize>,
    nodes: Cell<usize>,
    deepest: Cell<usize>,
    /// Formatting elements within each other at the most.
    deepest_formatting: Cell<usize>,
    /// Attributes of the formatting element that has the most.
    most_attributes: Cell<usize>,
}

/// An element; a comment or the document itself is one without a name.
struct Element {
    name: QualName,
    depth: Cell<usize>,
    /// How many of those that it is in, and itself, are formatting elements.
    formatting: Cell<usize>,
    is_integration_point: bool,
}

impl Meter {
    fn count(&self, steps: usize) {
        self.steps.set(self.steps.get().saturating_add(steps));
    }

    fn node(&self, name: QualName, is_integration_point: bool) -> Rc<Element> {
        self.nodes.set(self.nodes.get() + 1);
        Rc::new(Element {
            name,
            depth: Cell::new(0),
            formatting: Cell::new(0),
            is_integration_point,
        })
    }

    fn nameless(&self) -> Rc<Element> {
        let name = QualName::new(None, Namespace::default(), LocalName::default());
        self.node(name, false)
    }

    fn place(&self, depth: usize, formatting: usize, child: NodeOrText<Rc<Element>>) {
        match child {
            NodeOrText::AppendNode(child) => {
                let formatting = formatting + usize::from(is_formatting(&child.name.local));
                child.depth.set(depth);
                child.formatting.set(formatting);
                let raise = |most: &Cell<usize>, to| most.set(most.get().max(to));
                raise(&self.deepest, depth);
                raise(&self.deepest_formatting, formatting);
            }
            // A text that follows another becomes part of it: this is at most what there is.
            NodeOrText::AppendText(_) => self.nodes.set(self.nodes.get() + 1),
        }
    }

    /// What looks for a node among its siblings, at worst all there are: eight of them cost as much as a step.
    fn search_siblings(&self) {
        self.count(1 + self.nodes.get() / 8);
    }
}

impl TreeSink for Meter {
    type Handle = Rc<Element>;
    type Output = ();
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) {}

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn get_document(&self) -> Rc<Element> {
        self.nameless()
    }

    fn get_template_contents(&self, target: &Rc<Element>) -> Rc<Element> {
        Rc::clone(target)
    }

    fn elem_name<'a>(&'a self, target: &'a Rc<Element>) -> ExpandedName<'a> {
        self.count(1);
        target.name.expanded()
    }

    fn same_node(&self, one: &Rc<Element>, other: &Rc<Element>) -> bool {
        self.count(1);
        Rc::ptr_eq(one, other)
    }

    fn is_mathml_annotation_xml_integration_point(&self, element: &Rc<Element>) -> bool {
        element.is_integration_point
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        flags: ElementFlags,
    ) -> Rc<Element> {
        let bytes: usize = attributes.iter().map(|each| each.value.len()).sum();
        self.count(MAKING + self.deepest.get() + attributes.len() + bytes / 16);
        if is_formatting(&name.local) {
            let most = self.most_attributes.get().max(attributes.len());
            self.most_attributes.set(most);
            // It is compared with all of them that are open, attribute by attribute.
            self.count(self.deepest_formatting.get() * (1 + attributes.len() + most) * 2);
        }
        self.node(name, flags.mathml_annotation_xml_integration_point)
    }

    fn create_comment(&self, _: StrTendril) -> Rc<Element> {
        self.nameless()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Rc<Element> {
        self.nameless()
    }

    fn append(&self, parent: &Rc<Element>, child: NodeOrText<Rc<Element>>) {
        self.place(parent.depth.get() + 1, parent.formatting.get(), child);
    }

    fn append_before_sibling(&self, sibling: &Rc<Element>, child: NodeOrText<Rc<Element>>) {
        self.search_siblings();
        self.place(sibling.depth.get(), sibling.formatting.get(), child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &Rc<Element>,
        before: &Rc<Element>,
        child: NodeOrText<Rc<Element>>,
    ) {
        self.search_siblings();
        let depth = element.depth.get().max(before.depth.get() + 1);
        let formatting = element.formatting.get().max(before.formatting.get());
        self.place(depth, formatting, child);
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn add_attrs_if_missing(&self, _: &Rc<Element>, attributes: Vec<Attribute>) {
        self.count(attributes.len());
    }

    fn remove_from_parent(&self, _: &Rc<Element>) {
        self.search_siblings();
    }

    fn reparent_children(&self, _: &Rc<Element>, _: &Rc<Element>) {
        self.search_siblings();
    }

    fn maybe_clone_an_option_into_selectedcontent(&self, _: &Rc<Element>) {
        self.count(self.nodes.get());
    }
}

/// Whether HTML opens the element again by itself where it was closed too early.
fn is_formatting(name: &str) -> bool {
    matches!(
        name,
        "a" | "b"
            | "big"
            | "code"
            | "em"
            | "font"
            | "i"
            | "nobr"
            | "s"
            | "small"
            | "strike"
            | "strong"
            | "tt"
            | "u"
    )
}
