// The claims of OpenID Connect Core §5.1 that itsme delivers, and those that itsme added under plain names.

extension Claim where Value == String {
    /// `sub`: the identifier of the person at this relying party, 36 characters, always there.
    ///
    /// It is pairwise, so it differs between relying parties, and it is the only key for an account. A person who
    /// deletes the itsme account and makes a new one comes back with another `sub`.
    public static var subject: Self { Self("sub") }

    /// `address_assurance_level`: how sure itsme is of the address. May come with the scope `address`.
    ///
    /// itsme documents neither its values nor whether the name is under itsme's namespace; both names are read.
    public static var addressAssuranceLevel: Self {
        Self(
            "address_assurance_level",
            alternateNames: [ItsmeNamespace.v2("address_assurance_level")])
    }
}

extension Claim where Value == Personal<String> {
    /// `name`: the full name, ready to be displayed. Always there.
    public static var name: Self { Self("name") }

    /// `given_name`: first name or names. Not guaranteed: some people have none.
    public static var givenName: Self { Self("given_name") }

    /// `family_name`: surname or surnames.
    public static var familyName: Self { Self("family_name") }

    /// `picture`: the URL of the photo on the identity document, which is read with the access token. Not guaranteed on
    /// Belgian documents.
    public static var picture: Self { Self("picture") }
}

extension Claim where Value == Personal<Birthdate> {
    /// `birthdate`: the date of birth. Of a Belgian document this or ``Claim/birthdateAsString`` is there, not always both.
    public static var birthdate: Self { Self("birthdate") }
}

extension Claim where Value == Personal<Gender> {
    /// `gender`. Not always there on Dutch documents.
    public static var gender: Self { Self("gender") }
}

extension Claim where Value == ItsmeLocale {
    /// `locale`: the language of the person's itsme app. Not guaranteed.
    public static var locale: Self { Self("locale") }
}

extension Claim where Value == Personal<EmailAddress> {
    /// `email`: the address that the person entered. Not guaranteed and **not verified**: never a key to find an
    /// account with.
    public static var email: Self { Self("email") }
}

extension Claim where Value == Personal<PhoneNumber> {
    /// `phone_number`: the number of the phone with the itsme app.
    public static var phoneNumber: Self { Self("phone_number") }
}

extension Claim where Value == Personal<Address> {
    /// `address`: the postal address. Only on Belgian documents.
    public static var address: Self { Self("address") }
}

extension Claim where Value == Bool {
    /// `email_verified`: so far always `false`, for itsme does not verify addresses. There whenever the address is.
    public static var emailVerified: Self { Self("email_verified") }

    /// `phone_number_verified`.
    public static var phoneNumberVerified: Self { Self("phone_number_verified") }

    /// `age_gte_16`: whether the person is at least 16 years old. Absent is not `false`: without a
    /// full date of birth, as on some Belgian documents, no claim about the age is there.
    public static var ageAtLeast16: Self { Self("age_gte_16") }

    /// `age_gte_18`: whether the person is at least 18 years old; asks for less than the date of birth. Absent is not
    /// `false`.
    public static var ageAtLeast18: Self { Self("age_gte_18") }

    /// `age_gte_21`: whether the person is at least 21 years old. Absent is not `false`.
    public static var ageAtLeast21: Self { Self("age_gte_21") }

    /// `age_gte_30`: whether the person is at least 30 years old. Absent is not `false`.
    public static var ageAtLeast30: Self { Self("age_gte_30") }
}
