//! What is derived of a row.

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::quote;
use syn::{Data, DataStruct, DeriveInput, Error, Field, Fields, Type, parse_macro_input};

/// Reads a row by the places of its columns, which are those of the fields: looking each up by its name, and making an error of
/// each null first, is what reading rows costs most otherwise.
#[proc_macro_derive(ByPlace)]
pub fn by_place(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    implemented(&input).unwrap_or_else(Error::into_compile_error).into()
}

fn implemented(input: &DeriveInput) -> Result<Tokens, Error> {
    let Data::Struct(DataStruct { fields: Fields::Named(fields), .. }) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "only a struct with named fields is a row"));
    };
    let read = fields.named.iter().enumerate().map(|(place, field)| {
        let name = &field.ident;
        if may_be_null(field) {
            quote! { #name: ::kernel::record::null_or(row, #place)? }
        } else {
            quote! { #name: row.try_get_by_index(#place)? }
        }
    });
    let row = &input.ident;
    Ok(quote! {
        impl ::kernel::record::ByPlace for #row {
            fn by_place(row: &::sea_orm::QueryResult) -> ::core::result::Result<Self, ::sea_orm::DbErr> {
                Ok(Self { #(#read),* })
            }
        }
    })
}

fn may_be_null(field: &Field) -> bool {
    let Type::Path(path) = &field.ty else { return false };
    path.path.segments.last().is_some_and(|last| last.ident == "Option")
}
