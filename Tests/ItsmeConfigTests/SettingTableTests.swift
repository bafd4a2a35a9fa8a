#if Configuration
    import ItsmeConfig
    import TestSupport
    import XCTest

    final class SettingTableTests: XCTestCase {
        func testTheArticleHasTheTableOfTheCode() throws {
            try GeneratedLines.check("Configuration", ItsmeSettings.table)
        }
    }
#endif
