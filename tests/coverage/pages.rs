//! Every list that can be ordered is leafed through in each of its orders.

use serde_json::{Value, json};

use super::harness::{Harness, Things};
use super::sdl::{Sdl, named};
use crate::support::{Answer, PATIENCE, both, until};

/// How many rows of a list are leafed through one by one.
const ROWS: usize = 4;

fn cursors(page: &Answer) -> Vec<Value> {
    page.list("list.edges").iter().map(|edge| edge["cursor"].clone()).collect()
}

both! {
    /// Row by row a list in any order is the same as at once: a cursor holds whatever a list can be ordered by, and goes on after it,
    /// also after the last row.
    async fn every_order_can_be_paged(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        Things::make(&home).await;
        let sdl = Sdl::exported();
        let mut orders = 0;
        for root in sdl.roots() {
            let Some(order) = root.arguments.iter().find(|argument| argument.name.node == "orderBy") else { continue };
            let by = sdl.input_fields(named(&order.ty.node));
            let field = by.iter().find(|field| field.name.node == "field").expect("a field to order by");
            for field in sdl.values(named(&field.ty.node)) {
                for direction in ["ASC", "DESC"] {
                    let document = format!(
                        "query Pages($first: Int, $after: String) {{ list: {}(first: $first, after: $after, \
                            orderBy: {{ field: {field}, direction: {direction} }}) {{ edges {{ cursor }} }} }}",
                        root.name
                    );
                    let page = async |first: usize, after: &Value| {
                        cursors(&home.admin.run(&document, json!({ "first": first, "after": after })).await.ok())
                    };
                    // What is done in the background may change a list meanwhile.
                    let what = format!("{} by {field} {direction}, row by row, is the same list", root.name);
                    until(&what, PATIENCE, async || {
                        let whole = page(ROWS, &Value::Null).await;
                        let (mut walked, mut after) = (Vec::new(), Value::Null);
                        while walked.len() < ROWS {
                            let [next] = &page(1, &after).await[..] else { break };
                            walked.push(next.clone());
                            after = next.clone();
                        }
                        (whole == walked).then_some(())
                    })
                    .await;
                    orders += 1;
                }
            }
        }
        assert!(orders >= 100, "{orders} orders");
    }
}
