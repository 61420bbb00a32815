namespace SiDT.Tests;

/// <summary>Values of the trait <c>Category</c>, as in <c>[Trait("Category", Categories.Slow)]</c>.</summary>
internal static class Categories
{
    /// <summary>Tests that <c>./test --quick</c> leaves out.</summary>
    public const string Slow = "Slow";
}
