/// Numbers of Belgian documents with right check digits, for invented people.
enum DocumentNumbers {
    /// A Belgian national number: the birth date, a serial number (odd for men, even for women) and 97 minus the
    /// remainder of the first nine digits by 97, with a leading 2 for people born from 2000 on.
    static func belgianNationalNumber(year: Int, month: Int, day: Int, serial: Int) -> String {
        let base = padded(year % 100, 2) + padded(month, 2) + padded(day, 2) + padded(serial, 3)
        let checked = Int((year >= 2000 ? "2" : "") + base) ?? 0
        return base + padded(97 - checked % 97, 2)
    }

    /// The number of a Belgian identity card: ten digits and their remainder by 97, where 97 stands for 0.
    static func belgianCardNumber(_ number: Int) -> String {
        let remainder = number % 97
        return padded(number, 10) + padded(remainder == 0 ? 97 : remainder, 2)
    }

    /// `number` with leading zeros.
    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
