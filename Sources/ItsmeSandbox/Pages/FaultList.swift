/// The part of the approval page on which a developer chooses what the sandbox gets wrong next.
struct FaultList {
    let core: SandboxCore
    let language: PageLanguage

    /// A list of all faults, by the answer that they alter, in the order of a login.
    var markup: String {
        let groups = SandboxFault.Place.allCases.map { place in
            let options = SandboxFault.all.filter { $0.place == place }.map(option)
            return "<optgroup label=\"\(place.rawValue)\">\n\(options.joined(separator: "\n"))\n</optgroup>"
        }
        return """
            \(waiting)<label for="fault">\(HTMLPage.escaped(language(.faultChoice)))</label>
            <select id="fault" name="fault">
            <option value="">\(HTMLPage.escaped(language(.noFault)))</option>
            \(groups.joined(separator: "\n"))
            </select>
            """
    }

    /// Faults that were chosen before and did not strike yet.
    private var waiting: String {
        let names = core.faults.waiting.map { "<code>\(HTMLPage.escaped($0.name))</code>" }
        guard !names.isEmpty else { return "" }
        return "<p>\(HTMLPage.escaped(language(.waiting))) \(names.joined(separator: ", "))</p>\n"
    }

    /// The explanations are English whatever the page is in.
    private func option(_ fault: SandboxFault) -> String {
        """
        <option value="\(HTMLPage.escaped(fault.name))" lang="en">\(HTMLPage.escaped(fault.name)): \
        \(HTMLPage.escaped(fault.explanation))</option>
        """
    }
}
