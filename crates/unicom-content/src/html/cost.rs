//! Cost of parsing HTML, measured by parsing it without building a tree, so that HTML that is too
//! expensive is never made into one.
//!
//! Counting tags is not enough. A closing tag that closes nothing, a tag in a comment, and elements
//! that HTML reopens by itself (`<p><b><b></p><p>`) all walk over the open elements, and only the
//! parser knows what a tag does.

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{
    Attribute, ExpandedName, LocalName, Namespace, ParseOpts, QualName, local_name, ns,
};

/// Maximum nesting depth of elements. Parsers of browsers stop at 512.
pub(super) const DEEPEST: usize = 500;

/// Maximum number of parser steps: elements that are visited or created, and attributes that are
/// compared. A newsletter of 60 KiB takes about 100,000 steps. The maximum takes the parser about
/// 20 ms.
pub(super) const MOST_STEPS: usize = 500_000;

/// Maximum number of spaces, slashes and quotes in one tag or comment. Every attribute is preceded
/// by one of them, and the parser compares each attribute of a tag with every other.
const MOST_SEPARATORS: usize = 1024;

/// Number of steps that creating an element counts for.
const MAKING: usize = 10;

/// Number of bytes after which the limits are checked.
const PIECE: usize = 1024;

/// The limit that HTML exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TooComplex {
    /// The HTML is nested deeper than [`DEEPEST`].
    Deep,
    /// The HTML takes more than [`MOST_STEPS`], or a tag has more than [`MOST_SEPARATORS`].
    Long,
}

/// Parses `html` as the sanitiser will, and stops as soon as a limit is exceeded.
pub(super) fn check(html: &str) -> Result<(), TooComplex> {
    // The context element that the sanitiser uses.
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
            return Err(TooComplex::Deep);
        }
        if meter.steps.get() > MOST_STEPS || separators > MOST_SEPARATORS + PIECE {
            return Err(TooComplex::Long);
        }
    }
    Ok(())
}

/// A tree sink that builds no tree. It tracks the depth of elements and counts the operations on
/// them.
#[derive(Default)]
struct Meter {
    steps: Cell<usize>,
    nodes: Cell<usize>,
    deepest: Cell<usize>,
    /// Maximum nesting depth of formatting elements so far.
    deepest_formatting: Cell<usize>,
    /// Maximum number of attributes of a formatting element so far.
    most_attributes: Cell<usize>,
}

/// An element. Comments and the document are elements without a name.
struct Element {
    name: QualName,
    depth: Cell<usize>,
    /// Number of formatting elements among this element and its ancestors.
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
            // Adjacent texts are merged, so this count is an upper bound.
            NodeOrText::AppendText(_) => self.nodes.set(self.nodes.get() + 1),
        }
    }

    /// Counts a search for a node among its siblings, in the worst case all nodes. Comparing eight
    /// of them costs as much as one step.
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
            // The element is compared with all open ones, attribute by attribute.
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

/// Returns `true` if HTML reopens the element by itself after it was closed too early.
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
