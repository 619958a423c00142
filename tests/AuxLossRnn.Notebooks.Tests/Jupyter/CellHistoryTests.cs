using AuxLossRnn.Notebooks.Jupyter;

namespace AuxLossRnn.Notebooks.Tests.Jupyter;

public sealed class CellHistoryTests
{
    private readonly CellHistory _history = new();

    public CellHistoryTests()
    {
        string[] cells = ["var a = 1;", "a + 1", "var a = 1;", "A"];
        for (int number = 1; number <= cells.Length; number++)
        {
            _history.Add(number, cells[number - 1]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2, 3, 4)]
    [InlineData(9, 1, 2, 3, 4)]
    public void The_tail_is_the_last_cells(int count, params int[] expected) => Numbers(expected, _history.Tail(count));

    [Theory]
    [InlineData(0, 2, 4, 2, 3)]
    [InlineData(1, 2, 4, 2, 3)]
    [InlineData(0, 3, null, 3, 4)]
    [InlineData(0, 4, 2)]
    [InlineData(-1, 1, 4)]
    public void A_range_ends_before_its_stop_and_is_of_this_session(int session, int start, int? stop, params int[] expected) =>
        Numbers(expected, _history.Range(session, start, stop));

    [Theory]
    [InlineData("a*", null, false, 2)]
    [InlineData("*a*", null, false, 1, 2, 3)]
    [InlineData("*a*", 2, false, 2, 3)]
    [InlineData("*a*", null, true, 2, 3)]
    [InlineData("?", null, false, 4)]
    [InlineData("var", null, false)]
    public void A_search_is_for_whole_cells(string pattern, int? count, bool unique, params int[] expected) =>
        Numbers(expected, _history.Search(pattern, count, unique));

    private static void Numbers(int[] expected, IReadOnlyList<HistoryCell> cells) => Assert.Equal(expected, cells.Select(cell => cell.Number));
}
